import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import type { FileRow } from "../../../src/room/files/file-rows.ts";
import { RoomCore } from "../../../src/room/room-core.ts";
import type { Outcome } from "../../../src/rpc/outcome.ts";
import { settingsOf } from "../../../src/settings/settings.ts";
import { sign } from "../../auth/tokens.ts";
import { call, posted, problemOf } from "../../http/call.ts";
import { filled, UploadCaller } from "../../http/uploads.ts";
import { waitFor } from "../../support/wait-for.ts";
import { inside } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

const DAY_MS = 24 * 3_600_000;
const stub = (room: string) => env.ROOMS.getByName(room);
const remove = (path: string, token: string) =>
  call(path, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });

const keysOf = (room: string) =>
  inside(room, async ({ state }) => {
    const { objects } = await env.FILES.list({ prefix: `${state.id}/` });
    return objects.map(({ key }) => key.split("/")[1]);
  });

const rowsOf = (room: string) =>
  inside(room, ({ sql }) => sql.exec<FileRow>("SELECT * FROM dormouse_files").toArray());

/** Rings the alarm of a room, and waits for what it does to the store. */
async function ring(room: string, later = 1000): Promise<void> {
  const at = Date.now() + later;
  const clock = vi.spyOn(Date, "now").mockReturnValue(at);
  await runDurableObjectAlarm(stub(room));
  clock.mockRestore();
}

const removed = (room: string, rows = 0) =>
  waitFor(async () => expect(await rowsOf(room)).toHaveLength(rows));

describe("a file", () => {
  test("[FILE-8] is deleted with its message", async () => {
    const ada = new UploadCaller(freshRoom());
    const [kept, gone] = [await ada.upload(filled(4)), await ada.upload(filled(5))];
    const message = `/v1/rooms/${ada.room}/messages/${gone.seq}`;
    expect((await remove(message, "ada-ada-ada-ada-ada")).status).toBe(200);
    expect((await problemOf(await ada.get(`/${gone.file}`))).code).toBe("not_found");
    expect(await keysOf(ada.room)).toHaveLength(2);
    await ring(ada.room);
    await removed(ada.room, 1);
    expect(await keysOf(ada.room)).toEqual([kept.file]);
    expect((await ada.get(`/${kept.file}`)).status).toBe(200);
  });

  test("[FILE-8] is deleted when its room is erased, with its links and open uploads", async () => {
    const ada = new UploadCaller(freshRoom());
    const { file } = await ada.upload(filled(4));
    const { url } = await (await ada.post(`/${file}/link`, {})).json<{ url: string }>();
    const open = await ada.begin(4);
    await ada.putAll(open, filled(4));
    await remove(`/v1/rooms/${ada.room}`, await sign({ can: ["admin"] }));
    expect((await problemOf(await ada.complete(open))).code).toBe("not_found");
    expect((await problemOf(await ada.put(open, 1, filled(4)))).code).toBe("not_found");
    expect((await problemOf(await call(url))).code).toBe("invalid_token");
    await ring(ada.room);
    await removed(ada.room);
    expect(await keysOf(ada.room)).toEqual([]);
    // With its files, the room gives back its storage.
    await ring(ada.room, 3_600_000);
    const tables = await inside(ada.room, ({ sql }) =>
      sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'dormouse%'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  test("[FILE-8] is deleted when retention removes its message", async () => {
    const room = freshRoom();
    const ada = new UploadCaller(room);
    const { file } = await ada.upload(filled(4));
    await call(`/v1/rooms/${room}/messages`, posted({ data: "later" }));
    await ring(room, 31 * DAY_MS);
    await removed(room);
    expect(await keysOf(room)).toEqual([]);
    expect((await problemOf(await ada.get(`/${file}`))).code).toBe("not_found");
  });

  test("[FILE-3] does not count for long where the store could not begin its upload", async () => {
    const room = freshRoom();
    const FILES = { createMultipartUpload: () => Promise.reject(new Error("The store is down.")) };
    const failing = new UploadCaller(room, "ada-ada-ada-ada-ada", { FILES });
    for (let i = 0; i < 10; i++)
      expect((await problemOf(await failing.post("", { name: "a", size: 4 }))).code).toBe("unavailable");
    await ring(room, 180_000);
    await removed(room);
    expect((await new UploadCaller(room).upload(filled(4))).seq).toBe(1);
  });

  test("[FILE-8] is removed where its upload got no part for a day", async () => {
    const ada = new UploadCaller(freshRoom());
    const [idle, active] = [await ada.begin(4), await ada.begin(4)];
    await ada.putAll(idle, filled(4));
    await ring(ada.room, DAY_MS - 60_000);
    expect(await rowsOf(ada.room)).toHaveLength(2);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + DAY_MS - 60_000);
    await ada.putAll(active, filled(4));
    clock.mockRestore();
    await ring(ada.room, DAY_MS + 60_000);
    await removed(ada.room, 1);
    expect((await problemOf(await ada.complete(idle))).code).toBe("not_found");
    expect((await ada.complete(active)).status).toBe(201);
    // A published file stays, however long ago its upload began.
    await ring(ada.room, 3 * DAY_MS);
    expect((await ada.get(`/${active}`)).status).toBe(200);
  });

  test("[FILE-8] is removed by its member while it is not published", async () => {
    const ada = new UploadCaller(freshRoom());
    const file = await ada.begin(4);
    await ada.putAll(file, filled(4));
    expect((await ada.send(`/${file}`, "DELETE")).status).toBe(204);
    expect((await problemOf(await ada.complete(file))).code).toBe("not_found");
    await ring(ada.room);
    await removed(ada.room);
  });

  test("[FILE-8] is tried again where the store fails, and delays no message meanwhile", async () => {
    const ada = new UploadCaller(freshRoom());
    const { file, seq } = await ada.upload(filled(4));
    let isDown = true;
    const failing = new Proxy(env.FILES, {
      get: (bucket, name) =>
        name === "delete" && isDown
          ? () => Promise.reject(new Error("The store is down."))
          : Reflect.get(bucket, name).bind(bucket),
    });
    await evictDurableObject(stub(ada.room));
    await inside(ada.room, async ({ state }) => {
      const core = new RoomCore(state, settingsOf(env), {}, undefined, failing);
      await core.owner.delete(seq);
      const at = Date.now();
      const clock = vi.spyOn(Date, "now").mockReturnValue(at + 2000);
      const rowOf = () => state.storage.sql.exec<FileRow>("SELECT * FROM dormouse_files").toArray()[0];
      core.alarm();
      expect(await core.owner.publish("hello")).toMatchObject({ dup: false });
      await waitFor(() => expect(rowOf()).toMatchObject({ file, gone: 1, failures: 1 }));
      isDown = false;
      clock.mockReturnValue(at + 10_000);
      core.alarm();
      await waitFor(() => expect(rowOf()).toBeUndefined());
      clock.mockRestore();
    });
    expect(await keysOf(ada.room)).toEqual([]);
  });
});

describe("the uploads of a room", () => {
  test("[FILE-3] are bounded: open ones of a member and of the room, and all bytes", async () => {
    const room = freshRoom();
    const about = { name: "a", type: "image/png", size: 1, partBytes: 1 };
    const refusals: Record<string, number> = {};
    await inside(room, async ({ room: within }) => {
      for (let i = 0; i < 5000; i++) {
        const by = { member: `guest_${Math.floor(i / 20)}` };
        const outcome = (await within.dormouseCall("beginFile", [by, about])) as Outcome<unknown>;
        const why = "refusal" in outcome ? outcome.refusal.message.replaceAll(/\d+/g, "N") : "taken";
        refusals[why] = (refusals[why] ?? 0) + 1;
      }
    });
    expect(refusals).toEqual({
      taken: 1000,
      "You have N uploads that have not ended. End some first.": 1000,
      "The room has N uploads that have not ended. End some first.": 3000,
    });
    const member = await join(room, "?name=Ada");
    member.publish("a", "hello");
    expect(await member.messages(1)).toHaveLength(1);
    const full = new UploadCaller(freshRoom(), undefined, {});
    await full.begin(6_000_000);
    const big = await inside(full.room, ({ state }) => {
      const core = new RoomCore(
        state,
        settingsOf({ ...env, ROOM_FILE_BYTES: 6_000_000 }),
        {},
        undefined,
        env.FILES,
      );
      return core.call("beginFile", [{ member: "bob" }, about]);
    });
    expect(big).toMatchObject({ refusal: { code: "too_big" } });
  });
});
