import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { joinRoom } from "../../src/client/index.ts";
import { MALFORMED_FRAMES, REFUSED_FRAMES, SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { Network } from "../support/network.ts";
import { eventually } from "../support/socket.ts";
import { AUDIENCE, claims, ISSUER, inSeconds, SECRET, token } from "../support/tokens.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";
import { MODES, type Mode, textPayload } from "./helpers.ts";
import { CLOSE, frame, RawSocket, TEXT } from "./raw-socket.ts";

const BURST = 3;
let service: Workerd;
beforeAll(async () => {
  service = await startWorkerd({
    vars: {
      AUTH_SECRET: SECRET,
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      PUBLISH_RATE: "1",
      PUBLISH_BURST: `${BURST}`,
    },
  });
});
afterAll(() => service.stop());

/** The service ends the TCP connection within this time after the client answered its close. */
const SOON_MS = 1000;
/** More frames than the service refuses before it closes a socket. */
const FLOOD = BURST + REFUSED_FRAMES + 50;

async function remove(path: string): Promise<void> {
  const headers = { authorization: `Bearer ${token({ sub: "admin", can: ["admin"] })}` };
  const { status } = await fetch(`${service.url}${path}`, { method: "DELETE", headers });
  expect(status).toBeLessThan(300);
}

/** The reasons for which the service closes a socket. */
const CLOSES: {
  what: string;
  code: number;
  modes?: Mode[];
  cause: (room: string, raw: RawSocket, mode: Mode) => unknown;
}[] = [
  { what: "its member is kicked", code: 4001, cause: (room) => remove(`/v1/rooms/${room}/members/ada`) },
  { what: "its token ends", code: 4002, cause: () => {} },
  { what: "the room is erased", code: 4010, cause: (room) => remove(`/v1/rooms/${room}`) },
  {
    what: "it exceeds the rate limit",
    code: 4008,
    cause: (_, raw, mode) =>
      raw.send(...Array.from({ length: FLOOD }, () => frame(TEXT, textPayload(mode, "again")))),
  },
  {
    what: "it sends malformed frames",
    code: 1007,
    modes: [SUBPROTOCOL],
    cause: (_, raw) => raw.send(...Array.from({ length: MALFORMED_FRAMES }, () => frame(TEXT, "not JSON"))),
  },
  {
    what: "a message is too big",
    code: 1009,
    modes: ["plain"],
    cause: (_, raw) => raw.send(frame(TEXT, "x".repeat(262_145))),
  },
];

let rooms = 0;

for (const mode of MODES) {
  for (const { what, code, modes = MODES, cause } of CLOSES) {
    if (!modes.includes(mode)) continue;

    test(`[CLOSE-10] ends the TCP connection of a lone socket after its close when ${what}: ${mode}`, async () => {
      const room = `end-${rooms++}`;
      // The expiry is in whole seconds, so the token is valid for at least two.
      const seconds = code === 4002 ? 3 : 3600;
      const credential = token({ ...claims(), exp: inSeconds(seconds) });
      const raw = await RawSocket.open(
        service.room(room, `?token=${credential}`),
        mode === "plain" ? {} : { protocol: mode },
      );
      onTestFinished(() => raw.drop());
      raw.send(frame(TEXT, "ping"));
      await cause(room, raw, mode);
      const close = await raw.until(CLOSE);
      expect(close.payload.readUInt16BE(0)).toBe(code);
      raw.send(frame(CLOSE, close.payload));
      expect(await raw.end(SOON_MS)).toEqual([]);
    });
  }
}

test("[CLOSE-11] the client ends its TCP connection at once when its member is kicked", async () => {
  const network = await Network.start(() => service.port);
  onTestFinished(() => network.stop());
  const room = joinRoom("kicked", { host: `127.0.0.1:${network.port}`, token: token() });
  await eventually(() => room.state.status === "live");
  await remove("/v1/rooms/kicked/members/ada");
  await eventually(() => room.state.status === "closed");
  const since = Date.now();
  await eventually(() => network.legs.length === 0);
  expect(Date.now() - since).toBeLessThan(SOON_MS);
});
