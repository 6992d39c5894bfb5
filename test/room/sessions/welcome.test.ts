import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { HISTORY_LIMIT, ID_CHARS, SIGNAL_BYTES } from "../../../src/protocol/limits.ts";
import { parseSettings } from "../../../src/settings/settings.ts";
import { infoOf } from "../inside.ts";
import { freshRoom, join, RoomClient, upgrade } from "../room-client.ts";

const ADA = "ada-ada-ada-ada-ada";

test("the welcome comes first, and says who one is and where the room stands", async () => {
  const room = freshRoom();
  const { welcome } = await join(room, "?name=Ada", ADA);
  const settings = parseSettings(env);
  const { epoch } = await infoOf(room);
  expect(welcome).toEqual({
    type: "welcome",
    session: expect.stringMatching(/^[0-9a-f-]{36}$/),
    member: expect.stringMatching(/^guest_/),
    name: "Ada",
    epoch,
    seq: 0,
    resumed: false,
    can: ["read", "publish", "signal", "presence"],
    heartbeat: settings.heartbeatSeconds,
    limits: {
      messageBytes: settings.messageBytes,
      nameChars: settings.nameChars,
      idChars: ID_CHARS,
      historyMessages: HISTORY_LIMIT.max,
      publishRate: 0,
      publishBurst: 100,
      signalRate: settings.signalRate,
      signalBurst: settings.signalBurst,
      signalBytes: SIGNAL_BYTES,
      stateBytes: settings.stateBytes,
      ackBytes: settings.ackBytes,
    },
    members: [{ member: welcome.member, name: "Ada", state: null }],
    count: 1,
    features: ["marks", "ops", "files"],
  });
});

test("the server answers with the one subprotocol that it speaks, and with none to a plain socket", async () => {
  const protocol = "sec-websocket-protocol";
  const v1 = await upgrade(freshRoom(), "", { [protocol]: `x, dormouse.v1, bearer.${ADA}` });
  expect([v1.status, v1.headers.get(protocol)]).toEqual([101, "dormouse.v1"]);
  v1.webSocket?.accept();
  const plain = await upgrade(freshRoom());
  expect([plain.status, plain.headers.get(protocol)]).toEqual([101, null]);
  plain.webSocket?.accept();
});

test("two sockets of one guest are two sessions of one member, wherever the key was given", async () => {
  const room = freshRoom();
  const one = await join(room, "", ADA);
  const two = await join(room, `?token=${ADA}`);
  expect(two.welcome.member).toBe(one.welcome.member);
  expect(two.welcome.session).not.toBe(one.welcome.session);
  expect(two.welcome.count).toBe(1);
  expect((await join(room)).welcome.count).toBe(2);
});

test("a plain socket is a member too", async () => {
  const room = freshRoom();
  const plain = await RoomClient.plain(room);
  expect((await join(room)).welcome.count).toBe(2);
  plain.socket.close(1000);
});

test("the seq of the welcome is the newest message, whether or not it is replayed", async () => {
  const room = freshRoom();
  const ada = await join(room);
  ada.publish("a", 1);
  ada.publish("b", 2);
  await ada.messages(2);
  expect((await join(room)).welcome.seq).toBe(2);
  expect((await join(room, "?history=1")).welcome.seq).toBe(2);
});

test("rooms of other names are other rooms", async () => {
  const [ada, bob] = [await join(freshRoom()), await join(freshRoom())];
  expect(ada.welcome.epoch).not.toBe(bob.welcome.epoch);
  ada.publish("a", 1);
  expect((await ada.message()).seq).toBe(1);
  await bob.expectQuiet();
});
