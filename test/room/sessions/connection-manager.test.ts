import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { answerClose } from "../../../src/room/sessions/close.ts";
import { ConnectionManager } from "../../../src/room/sessions/connection-manager.ts";
import type { Session } from "../../../src/room/sessions/session.ts";
import type { Admission } from "../../../src/rpc/admission.ts";
import { waitFor } from "../../support/wait-for.ts";
import { deliveryOf } from "../parts.ts";

const admission = (member: string, of: Partial<Admission> = {}): Admission => ({
  grant: { member, name: member, can: ["read", "publish"], guest: true },
  room: "test",
  rateKey: member,
  mode: "v1",
  history: 0,
  ...of,
});

type Delivery = ReturnType<typeof deliveryOf>;

/** Runs `callback` with the sockets of a fresh object. */
function withConnections<Result>(
  callback: (room: Delivery & { left: Session[] }, state: DurableObjectState) => Result | Promise<Result>,
): Promise<Result> {
  const left: Session[] = [];
  return runInDurableObject(env.ROOMS.getByName(crypto.randomUUID()), (_room, state) =>
    callback({ ...deliveryOf(state, 1024, (session) => void left.push(session)), left }, state),
  );
}

/** A socket that is let in: both of its ends, and what arrives at the client's. */
function enter(connections: ConnectionManager, admitted: Admission) {
  const { 0: client, 1: server } = new WebSocketPair();
  const session = connections.accept(server, admitted);
  client.accept();
  return { client, server, session };
}

test("[CLOSE-4] a socket's session comes out once", async () => {
  await withConnections(({ connections, left }) => {
    const { server, session } = enter(connections, admission("ada"));
    expect(connections.sessionOf(server)).toBe(session);
    connections.remove(session, "left");
    connections.remove(session, "left");
    connections.disconnected(server, "left");
    expect(left).toEqual([session]);
    expect(connections.sessionOf(server)).toBeUndefined();
    expect(connections.has(session)).toBe(false);
    expect(connections.size).toBe(0);
  });
});

test("[CLOSE-4] a session that was dismissed has left, though its socket is still closing", async () => {
  await withConnections(({ connections, left }, state) => {
    const { server, session } = enter(connections, admission("ada"));
    connections.close(session, "kicked");
    expect(connections.size).toBe(0);
    connections.disconnected(server, "left");
    expect(left).toEqual([session]);
    // Whoever wakes up now finds the socket, and must not take it for one that is open.
    expect(state.getWebSockets().length).toBe(1);
    expect(new ConnectionManager(state, 1024).size).toBe(0);
  });
});

test("a socket that takes nothing any more has left by the next frame, and the others get theirs", async () => {
  await withConnections(({ connections, broadcaster }) => {
    const [gone, here] = [enter(connections, admission("gone")), enter(connections, admission("here"))];
    gone.server.close(1000);
    broadcaster.sendMessages({ body: "{}", first: 1, last: 1, plain: () => [] });
    expect([...connections.sessions()]).toEqual([here.session]);
  });
});

test("plain frames are made once for all, and not at all where nobody wants them", async () => {
  await withConnections(({ connections, broadcaster }) => {
    let made = 0;
    const broadcast = () =>
      broadcaster.sendMessages({ body: "{}", first: 1, last: 1, plain: () => [`${++made}`] });
    enter(connections, admission("ada"));
    broadcast();
    expect(made).toBe(0);
    for (const member of ["bob", "carol"]) enter(connections, admission(member, { mode: "plain" }));
    broadcast();
    expect(made).toBe(1);
  });
});

test("[SIG-2] who is behind gets no signals, but hears of the members", async () => {
  await withConnections(async ({ connections, broadcaster }) => {
    const can: Admission["grant"]["can"] = ["read", "presence"];
    const grant = { member: "ada", name: "ada", can, guest: true };
    const { client, session } = enter(connections, admission("ada", { grant }));
    const types: string[] = [];
    client.addEventListener("message", ({ data }) => types.push(JSON.parse(String(data)).type));
    const tell = () => {
      broadcaster.sendSignals('{"type":"signals","signals":[]}', new Map());
      broadcaster.sendSignalsTo("ada", '{"type":"signals","signals":[]}');
      broadcaster.sendPresence({ type: "presence", joined: [], left: [], updated: [], count: 1 });
    };
    session.replayFrom = 1;
    tell();
    session.replayFrom = undefined;
    tell();
    await waitFor(() => expect(types).toEqual(["presence", "signals", "signals", "presence"]));
  });
});

describe("what is no part of the log", () => {
  /** A session in a small room may be sent four times as much as it acknowledges at a time. */
  const WINDOW = 4 * 1024;
  const data = "x".repeat(480);
  const can: Admission["grant"]["can"] = ["read", "presence"];
  const admitted = (member: string) =>
    admission(member, { grant: { member, name: member, can, guest: true } });

  /** How many frames of a kind a session was sent, and sends one more. */
  function counting(
    { connections, broadcaster }: Pick<Delivery, "connections" | "broadcaster">,
    kind: "signals" | "presence",
  ) {
    const { session, server } = enter(connections, admitted("ada"));
    const send = vi.spyOn(server, "send");
    const entry = { member: "ada", name: "ada", state: data };
    const tell = () =>
      kind === "signals"
        ? broadcaster.sendSignals(
            JSON.stringify({ type: "signals", signals: [{ from: "ada", data }] }),
            new Map(),
          )
        : broadcaster.sendPresence({
            type: "presence",
            joined: [],
            left: [],
            updated: [entry],
            count: 1,
          });
    const sent = () => send.mock.calls.filter(([frame]) => String(frame).includes(kind)).length;
    return { session, tell, sent };
  }

  test.each(["signals", "presence"] as const)(
    "[LIM-10] %s that are not acknowledged are no more than a window",
    async (kind) => {
      await withConnections(({ connections, broadcaster }) => {
        const { session, tell, sent } = counting({ connections, broadcaster }, kind);
        for (let i = 0; i < 50; i++) tell();
        const most = sent();
        expect(most * data.length).toBeGreaterThan(WINDOW - 2 * data.length);
        expect(most * data.length).toBeLessThanOrEqual(WINDOW + data.length);
        // Its own frames say nothing about what it has read.
        session.noteFrame(Date.now(), 0);
        tell();
        expect(sent()).toBe(most);
      });
    },
  );

  test("[LIM-10] [PRES-1] who missed a change of the list is to be told it as it is, once it reads again, also after a sleep", async () => {
    await withConnections(({ connections, broadcaster }, state) => {
      const { session, tell, sent } = counting({ connections, broadcaster }, "presence");
      for (let i = 0; i < 50; i++) expect(tell()).toEqual([]);
      const most = sent();
      connections.budget.onAcknowledged(session.flow, 0, Date.now());
      expect(tell()).toEqual([session]);
      expect(sent()).toBe(most);
      expect(
        [...new ConnectionManager(state, 1024).sessions()].map(({ missedPresence }) => missedPresence),
      ).toEqual([true]);
    });
  });

  test("[LIM-10] messages wait, too, for who has not read what it was sent beside them", async () => {
    await withConnections(({ connections, broadcaster }) => {
      const { session, tell } = counting({ connections, broadcaster }, "signals");
      for (let i = 0; i < 50; i++) tell();
      broadcaster.sendMessages({ body: "{}", first: 1, last: 1, plain: () => [] });
      expect([session.replayFrom, session.backpressure]).toEqual([0, expect.objectContaining({ acked: 0 })]);
    });
  });
});

describe("after a sleep", () => {
  test("[SLEEP-3] a session is the one that it was", async () => {
    await withConnections(({ connections }, state) => {
      const { session } = enter(connections, admission("ada", { mode: "plain" }));
      session.replayFrom = 7;
      const again = [...new ConnectionManager(state, 1024).sessions()];
      expect(
        again.map(({ id, member, name, mode, replayFrom }) => ({ id, member, name, mode, replayFrom })),
      ).toEqual([{ id: session.id, member: "ada", name: "ada", mode: "plain", replayFrom: 7 }]);
      expect([...(again[0]?.can ?? [])]).toEqual(["read", "publish"]);
      session.replayFrom = undefined;
      expect([...new ConnectionManager(state, 1024).sessions()].map(({ replayFrom }) => replayFrom)).toEqual([
        undefined,
      ]);
    });
  });

  test("a socket of a version that is not known is told to come again, and the others stay", async () => {
    const name = crypto.randomUUID();
    const stub = env.ROOMS.getByName(name);
    const room = `https://dormouse.test/v1/rooms/${name}`;
    const headers = { upgrade: "websocket", "sec-websocket-protocol": "dormouse.v1" };
    const sockets: WebSocket[] = [];
    for (let i = 0; i < 2; i++) {
      const { webSocket } = await exports.default.fetch(room, { headers });
      if (webSocket === null) throw new Error("The upgrade was refused.");
      webSocket.accept();
      sockets.push(webSocket);
    }
    const closed = new Promise<CloseEvent>((resolve) => {
      for (const socket of sockets) socket.addEventListener("close", resolve);
    });
    // Once the joins have been told, nothing else is written down.
    await scheduler.wait(50);
    await runInDurableObject(stub, (_room, state) => {
      const socket = state.getWebSockets()[0];
      socket?.serializeAttachment({ ...socket.deserializeAttachment(), v: 0 });
    });
    await evictDurableObject(stub);
    expect((await stub.info()).count).toBe(1);
    expect((await closed).code).toBe(1001);
  });
});

test.each([
  [1000, [1000]],
  [1001, [1001]],
  [3000, [3000]],
  [4999, [4999]],
  [1005, []],
  [1004, [1002]],
  [1006, [1002]],
  [1015, [1002]],
  [999, [1002]],
  [5000, [1002]],
  [0, [1002]],
])("a close with %j is answered with %j", (code, answer) => {
  const sent: unknown[][] = [];
  const { 0: socket } = new WebSocketPair();
  socket.close = (...args: unknown[]) => void sent.push(args);
  answerClose(socket, code, "");
  expect(sent).toEqual([answer]);
});
