import { expect, test } from "vitest";
import { eventually } from "../../support/socket.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";
import { startWorkerd } from "../../support/workerd/workerd.ts";

test("[HOOK-1] [HOOK-2] messages published while the webhook is off, after an erasure, are delivered under a new id", async () => {
  const receiver = await WebhookReceiver.start();
  const off = { AUTH_SECRET: SECRET };
  const on = { ...off, WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: WebhookReceiver.secret };
  let workerd = await startWorkerd({ vars: on, reachesLocal: true });
  const post = async (...data: string[]) => {
    const response = await fetch(`${workerd.url}/v1/rooms/erased/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: data.map((each) => ({ data: each })) }),
    });
    expect(response.status).toBe(201);
  };
  const dataOf = ({ body }: WebhookReceiver["deliveries"][number]) =>
    body.events.map(({ message }) => (message as { data: unknown }).data);
  try {
    await post("told");
    await eventually(() => receiver.deliveries.length === 1, 20_000);
    receiver.answers.push(() => {});
    await post("old 1", "old 2");
    await eventually(() => receiver.deliveries.length === 2, 20_000);
    workerd = await workerd.restart({ vars: off });
    const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
    const erased = await fetch(`${workerd.url}/v1/rooms/erased`, { method: "DELETE", headers });
    expect(erased.status).toBe(200);
    await post("new 1", "new 2");
    workerd = await workerd.restart({ vars: on });
    await post("new 3");
    await eventually(() => receiver.deliveries.slice(2).flatMap(dataOf).includes("new 3"), 60_000);
    expect(receiver.deliveries.slice(2).flatMap(dataOf)).toEqual(["new 1", "new 2", "new 3"]);
    expect(new Set(receiver.deliveries.map(({ id }) => id)).size).toBe(receiver.deliveries.length);
  } finally {
    await workerd.stop();
    await receiver.stop();
  }
}, 120_000);
