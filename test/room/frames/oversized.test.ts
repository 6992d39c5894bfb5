import { afterEach, expect, test, vi } from "vitest";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import { call, posted, problemOf } from "../../http/call.ts";
import { admission, inside, publishFrame, socketOf } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

/** The length of the longest text in these calls. */
const longest = (calls: readonly unknown[][]) => Math.max(0, ...calls.map(([text]) => String(text).length));

const arrayOf = (piece: string, chars: number) => `[${piece.repeat(Math.ceil(chars / piece.length))}0]`;

test("[LIM-30] a frame that is too long for a message is refused before it is parsed", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await inside(room, ({ room: instance, state }) => {
    const parse = vi.spyOn(JSON, "parse");
    const socket = socketOf(state, ada.welcome.member);
    for (const [i, piece] of ["[],", "{},", '"\\\\",', "0,", "          "].entries()) {
      const frame = `{"type":"publish","id":"${i}","data":${arrayOf(piece, 1_500_000)}}`;
      instance.webSocketMessage(socket, frame);
    }
    instance.webSocketMessage(socket, `{"type":"publish","id":"edge","data":${arrayOf("[],", 270_000)}}`);
    expect(longest(parse.mock.calls)).toBeLessThan(1000);
  });
  for (const id of ["0", "1", "2", "3", "4", "edge"])
    expect(await ada.frame("error")).toMatchObject({ code: "too_big", id });
  await ada.expectQuiet();
});

test("[LIM-30] data is encoded once, for its size and for the log", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await inside(room, ({ room: instance, state }) => {
    const socket = socketOf(state, ada.welcome.member);
    const data = { text: "x".repeat(200_000) };
    const frame = publishFrame("a", data);
    const stringify = vi.spyOn(JSON, "stringify");
    instance.webSocketMessage(socket, frame);
    const lengths = stringify.mock.results.map(({ value }) => String(value).length);
    expect(lengths.filter((length) => length > 100_000).length).toBe(1);
    stringify.mockRestore();
  });
  expect(await ada.message()).toMatchObject({ id: "a" });
});

test("[LIM-30] a plain frame that is too long is refused before it is encoded", async () => {
  const room = freshRoom();
  await inside(room, ({ room: instance, state }) => {
    instance.fetch(admissionRequest(admission({ mode: "plain" })));
    const socket = socketOf(state, "guest_test");
    const stringify = vi.spyOn(JSON, "stringify");
    instance.webSocketMessage(socket, "x".repeat(1_000_000));
    expect(longest(stringify.mock.results.map(({ value }) => [value]))).toBeLessThan(1000);
    expect(socket.readyState).not.toBe(WebSocket.OPEN);
  });
});

test("[LIM-30] a body that is too long for a message is refused before it is parsed", async () => {
  const path = `/v1/rooms/${freshRoom()}`;
  const parse = vi.spyOn(JSON, "parse");
  const body = (data: string) => ({ ...posted(0), body: `{"data":${data}}` });
  const answers = [
    await call(`${path}/messages`, body(arrayOf("[],", 400_000))),
    await call(`${path}/signals`, body(arrayOf("[],", 90_000))),
  ];
  expect(longest(parse.mock.calls)).toBeLessThan(1000);
  for (const answer of answers)
    expect([answer.status, (await problemOf(answer)).code]).toEqual([413, "too_big"]);
  const escaped = await call(`${path}/messages`, body(`"${"\\u0061".repeat(262_144)}"`));
  expect(escaped.status).toBe(201);
});
