import { expect, test, vi } from "vitest";
import { guestGrant } from "../../../src/auth/guest.ts";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import { waitFor } from "../../support/wait-for.ts";
import {
  admission,
  inside,
  publishBytesFrame,
  publishFrame,
  receiveAtOnce,
  roomWith,
  socketOf,
} from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

const MIB = 1024 * 1024;

type Row = { first: number; last: number; kind: number; bytes: number };

function rowsOf(room: string): Promise<Row[]> {
  const query =
    "SELECT first, last, kind, length(CAST(body AS BLOB)) AS bytes FROM dormouse_segments ORDER BY first";
  return inside(room, ({ sql }) => sql.exec<Row>(query).toArray());
}

test("[DUR-2] a thousand messages of one turn are two rows: the first, which did not wait, and the rest", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const frames = Array.from({ length: 1000 }, (_, i) => publishFrame(`${i}`, i));
  await receiveAtOnce(room, ada.welcome.member, frames);
  expect((await ada.messages(1000)).map(({ data }) => data)).toEqual(frames.map((_, i) => i));
  expect(await rowsOf(room)).toMatchObject([
    { first: 1, last: 1 },
    { first: 2, last: 1000 },
  ]);
});

test("[DUR-2] a message that comes alone is a row, and is not made to wait", async () => {
  const room = freshRoom();
  const ada = await join(room);
  for (const i of [1, 2, 3]) {
    ada.publish(`${i}`, i);
    await ada.message();
  }
  expect((await rowsOf(room)).length).toBe(3);
});

test("a message is not held back by a clock that was set back", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await inside(room, ({ room: instance, state }) => {
    const socket = socketOf(state, ada.welcome.member);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
    instance.webSocketMessage(socket, publishFrame("before", 1));
    clock.mockReturnValue(Date.now() - 3_600_000);
    instance.webSocketMessage(socket, publishFrame("after", 2));
    clock.mockRestore();
  });
  expect((await ada.messages(2)).map(({ seq, id }) => [seq, id])).toEqual([
    [1, "before"],
    [2, "after"],
  ]);
});

test("[DUR-2] a replay is the very frames that were sent", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const data = ["大厅 🐭", { b: 1, 1: [null, 1e21] }, '\u0000\u2028"\\'];
  const frames = data.map((each, i) => publishFrame(`${i}`, each));
  await receiveAtOnce(room, ada.welcome.member, [
    ...frames,
    publishBytesFrame("b", new Uint8Array([0, 255])),
  ]);
  const live = [await ada.next(), await ada.next(), await ada.next()];
  const late = await join(room, "?history=10");
  expect([await late.next(), await late.next(), await late.next()]).toEqual(live);
  expect(live.map((each) => Object.keys(each))).toEqual([["text"], ["text"], ["bytes"]]);
});

test("[DUR-2] a row of text stays under 1 MiB, however much is in a flush, and is not small without need", async () => {
  const room = freshRoom();
  const ada = await join(room);
  // Three bytes each in UTF-8, which is the most that a code unit can take.
  const big = "大".repeat(10_000);
  const frames = Array.from({ length: 100 }, (_, i) => publishFrame(`${i}`, big));
  await receiveAtOnce(room, ada.welcome.member, frames);
  const messages = await ada.messages(100);
  expect(messages.every(({ data }) => data === big)).toBe(true);
  expect(messages.map(({ seq }) => seq)).toEqual(frames.map((_, i) => i + 1));
  const rows = await rowsOf(room);
  for (const { bytes } of rows) expect(bytes).toBeLessThan(MIB);
  expect(rows.length).toBeLessThanOrEqual(8);
  expect(Math.max(...rows.map(({ bytes }) => bytes))).toBeGreaterThan(MIB / 3);
});

test("[DUR-2] a binary message is a row of its own, in its place", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const frames = [..."ttbbtt"].map((kind, i) =>
    kind === "t" ? publishFrame(`${i}`, i) : publishBytesFrame(`${i}`, new Uint8Array([i])),
  );
  await receiveAtOnce(room, ada.welcome.member, frames);
  await ada.messages(6);
  expect((await rowsOf(room)).map(({ first, last, kind }) => [first, last, kind])).toEqual([
    [1, 1, 0],
    [2, 2, 0],
    [3, 3, 1],
    [4, 4, 1],
    [5, 6, 0],
  ]);
});

test("[DUR-2] the biggest message that any setting allows is a row under 1 MiB", async () => {
  const room = freshRoom();
  const most = 786_432;
  const { member, name } = await guestGrant("ada-ada-ada-ada-ada", "🐭".repeat(256), 256);
  await inside(room, async ({ state, sql }) => {
    const big = roomWith(state, { MESSAGE_BYTES: most });
    big.join(admissionRequest(admission({ grant: { member, name, can: ["read", "publish"], guest: true } })));
    const socket = socketOf(state, member);
    for (const [i, data] of ["x".repeat(most), "大".repeat(most / 3), "\u0000".repeat(most / 6)].entries()) {
      big.webSocketMessage(socket, publishFrame(`${i}`.padEnd(64, "x"), data));
    }
    big.webSocketMessage(socket, publishBytesFrame("b", new Uint8Array(most)));
    // The last three share a flush, which a timer of the room ends.
    await waitFor(() => expect(sql.exec("SELECT first FROM dormouse_segments").toArray().length).toBe(4));
  });
  for (const { bytes } of await rowsOf(room)) {
    expect(bytes).toBeGreaterThanOrEqual(most);
    expect(bytes).toBeLessThan(MIB);
  }
});
