import { expect, test } from "vitest";
import { eventually } from "../../support/socket.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";
import { startWorkerd } from "../../support/workerd/workerd.ts";

test("[HOOK-1] [HOOK-2] a delivery interrupted by a crash is retried after the restart, without a new visitor", async () => {
  const receiver = await WebhookReceiver.start();
  const vars = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: WebhookReceiver.secret };
  let workerd = await startWorkerd({ vars, reachesLocal: true });
  try {
    receiver.answers.push(() => {});
    const posted = await fetch(`${workerd.url}/v1/rooms/cut/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: "told" }),
    });
    expect(posted.status).toBe(201);
    await eventually(() => receiver.deliveries.length === 1, 20_000);
    workerd = await workerd.restart();
    await eventually(() => receiver.deliveries.length === 2, 60_000);
    const [first, second] = receiver.deliveries;
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
  } finally {
    await workerd.stop();
    await receiver.stop();
  }
}, 120_000);
