import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { joinRoom, type Room } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";
import { SECRET, token } from "../support/tokens.ts";

let service: Service;
let network: Network;
beforeAll(async () => {
  service = await startService({ PUBLISH_RATE: "0", AUTH_SECRET: SECRET });
  network = await Network.start(() => Number(new URL(service.url).port));
});
afterAll(async () => {
  await network?.stop();
  await service?.stop();
});

type Said = { text: string };

/** A member whose network can fail, and one whose network does not. */
async function pair(name: string): Promise<[Room<Said>, Room<Said>]> {
  const ada = joinRoom<Said>(name, { host: `127.0.0.1:${network.port}`, token: "ada-ada-ada-ada-ada" });
  const bob = joinRoom<Said>(name, {
    host: new URL(service.url).host,
    token: "bob-bob-bob-bob-bob",
    history: 50,
  });
  await eventually(() => [ada, bob].every(({ state }) => state.status === "live"));
  return [ada, bob];
}

/** The messages as a timeline shows them, without the fields that differ between readers. */
const shown = (room: Room<Said>) =>
  room.timeline.getSnapshot().messages.map(({ seq, data, deleted, edited, reactions, stream }) => ({
    seq,
    text: data?.text,
    isDeleted: deleted === true,
    isEdited: edited !== undefined,
    reactions: Object.entries(reactions ?? {}).map(([key, { count, members }]) => [key, count, members]),
    stream,
  }));

describe("operations of the client", () => {
  test("[VIEW-4] [OPS-2] [OPS-3] [OPS-4] [OPS-5] edit, append, react and remove arrive at all timelines, over a cut", async () => {
    const [ada, bob] = await pair("operations");
    try {
      for (const room of [ada, bob]) room.timeline.subscribe(() => {});
      const { seq } = await ada.publish({ text: "one" });
      const { seq: second } = await bob.publish({ text: "two" });
      await ada.edit(seq, { text: "ONE" });
      await bob.react(seq, "👍");
      network.unplug();
      await eventually(() => ada.state.status !== "live");
      const later = [ada.append(seq, "!"), ada.react(second, "🐭")];
      await bob.unreact(seq, "👍");
      await bob.remove(second).catch(() => expect.fail("Bob may remove his own message."));
      network.plug();
      const outcomes = await Promise.allSettled(later);
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      const expected = [
        { seq, text: "ONE!", isDeleted: false, isEdited: true, reactions: [], stream: undefined },
        { seq: second, text: undefined, isDeleted: true, isEdited: false, reactions: [], stream: undefined },
      ];
      await expect.poll(() => shown(ada)).toEqual(expected);
      await expect.poll(() => shown(bob)).toEqual(expected);
      await expect(ada.edit(second, { text: "x" })).rejects.toMatchObject({ code: "invalid_target" });
      await expect(bob.edit(seq, { text: "x" })).rejects.toMatchObject({ code: "forbidden" });
      const late = joinRoom<Said>("operations", {
        host: new URL(service.url).host,
        history: 50,
        name: "late",
      });
      late.timeline.subscribe(() => {});
      await expect.poll(() => shown(late)).toEqual(expected);
      late.leave();
    } finally {
      ada.leave();
      bob.leave();
    }
  });

  test("[OPS-14] an operation that waits while the room is erased is refused, and changes no other message", async () => {
    const [ada, bob] = await pair("erased");
    try {
      const { seq } = await ada.publish({ text: "old" });
      network.unplug();
      await eventually(() => ada.state.status !== "live");
      const pending = Promise.allSettled([
        ada.edit(seq, { text: "edited" }),
        ada.remove(seq),
        ada.react(seq, "x"),
      ]);
      const headers = { authorization: `Bearer ${token({ can: ["admin"] })}` };
      const erased = await fetch(`${service.url}/v1/rooms/erased`, { method: "DELETE", headers });
      expect(erased.status).toBe(200);
      await eventually(() => bob.state.status === "live");
      expect((await bob.publish({ text: "new" })).seq).toBe(seq);
      network.plug();
      expect(await pending).toMatchObject([1, 2, 3].map(() => ({ reason: { code: "invalid_target" } })));
      const page = await fetch(`${service.url}/v1/rooms/erased/messages`).then((answer) => answer.json());
      expect(page.messages).toMatchObject([{ seq, data: { text: "new" } }]);
      expect(page.messages[0]).not.toHaveProperty("version");
    } finally {
      ada.leave();
      bob.leave();
    }
  });

  test("[OPS-13] [RES-1] a stream arrives whole over cuts, for readers and a joiner in its middle", async () => {
    const [ada, bob] = await pair("stream");
    const host = new URL(service.url).host;
    const joiners: Room<Said>[] = [];
    try {
      bob.timeline.subscribe(() => {});
      const stream = ada.stream({ text: "" });
      let text = "";
      for (let i = 0; i < 120; i++) {
        stream.append(`${i} `);
        text += `${i} `;
        if (i % 40 === 20) network.unplug();
        if (i % 40 === 30) network.plug();
        if (i % 40 === 35) {
          const joiner = joinRoom<Said>("stream", { host, history: 1, token: `joiner-joiner-joiner-${i}` });
          joiner.timeline.subscribe(() => {});
          joiners.push(joiner);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await stream.end();
      for (const room of [bob, ...joiners])
        await expect.poll(() => shown(room)).toMatchObject([{ text, stream: undefined }]);
    } finally {
      for (const room of [ada, bob, ...joiners]) room.leave();
    }
  });
});
