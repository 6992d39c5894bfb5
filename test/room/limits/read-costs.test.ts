import { afterEach, expect, test, vi } from "vitest";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import { call, posted, problemOf } from "../../http/call.ts";
import { admission, inside, roomWith, socketOf } from "../inside.ts";
import { freshRoom } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

/** A room with this many messages of 200 kB, each in a row of its own. */
async function filled(count: number): Promise<string> {
  const room = freshRoom();
  const data = "x".repeat(200_000);
  for (let i = 0; i < count; i++) await call(`/v1/rooms/${room}/messages`, posted({ data }));
  return room;
}

test("[LIM-26] a join is charged for the history or replay it gets, and refused over the limit", async () => {
  const room = await filled(10);
  await inside(room, async ({ state }) => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    // A minute's budget is 60 tokens: 3.9 MB.
    const instance = roomWith(state, { READ_RATE: 1, READ_BURST: 1 });
    const { epoch } = instance.info();
    const enter = (of: Parameters<typeof admission>[0]) =>
      instance.join(admissionRequest(admission({ rateKey: "address 192.0.2.1", ...of })));
    expect(enter({ mode: "plain", history: 10 }).status).toBe(101);
    expect(enter({ cursor: `${epoch}.0` }).status).toBe(101);
    for (const overLimit of [
      { mode: "plain" as const, history: 1 },
      { history: 1 },
      { cursor: `${epoch}.9` },
    ]) {
      const refused = enter(overLimit);
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
      expect((await problemOf(refused)).code).toBe("rate_limited");
    }
    // A join without history, from another address, or with `admin` is accepted.
    const free = [
      { history: 0 },
      { cursor: `${epoch}.10` },
      { history: 10, can: ["publish" as const] },
      { history: 10, rateKey: "address 192.0.2.2" },
      { history: 10, can: ["read" as const, "admin" as const] },
    ];
    for (const each of free) expect(enter(each).status).toBe(101);
  });
});

test("[LIM-27] a history page over a socket costs what ACCESS.md states, and the next is refused until then", async () => {
  const room = await filled(6);
  await inside(room, ({ state }) => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const instance = roomWith(state, { PUBLISH_RATE: 10, PUBLISH_BURST: 5 });
    instance.join(
      admissionRequest(admission({ grant: { member: "ada", name: "Ada", can: ["read"], guest: false } })),
    );
    const socket = socketOf(state, "ada");
    const sent: string[] = [];
    vi.spyOn(socket, "send").mockImplementation((frame) => void sent.push(String(frame)));
    const ask = () => instance.webSocketMessage(socket, JSON.stringify({ type: "history", id: "h" }));
    ask();
    ask();
    expect(sent.map((frame) => JSON.parse(frame))).toMatchObject([
      { type: "history", more: true, messages: [{ seq: 2 }, {}, {}, {}, { seq: 6 }] },
      // The page costs 1 for the frame and 15 for a million bytes. 11 are missing, and the next needs one more.
      { type: "error", code: "rate_limited", retryAfter: 1200 },
    ]);
    clock.mockReturnValue(Date.now() + 1200);
    ask();
    expect(JSON.parse(sent[2] ?? "")).toMatchObject({ type: "history" });
  });
});

test("[LIM-27] the cost of a history page does not refuse a join", async () => {
  const room = await filled(6);
  await inside(room, ({ state }) => {
    vi.spyOn(Date, "now").mockReturnValue(Date.now());
    const instance = roomWith(state, { PUBLISH_RATE: 10, PUBLISH_BURST: 5 });
    const grant = { member: "ada", name: "Ada", can: ["read" as const], guest: false };
    const enter = () => instance.join(admissionRequest(admission({ grant, rateKey: "member ada" })));
    enter();
    const socket = socketOf(state, "ada");
    instance.webSocketMessage(socket, JSON.stringify({ type: "history", id: "h" }));
    instance.webSocketClose(socket, 1000, "");
    expect(enter().status).toBe(101);
  });
});
