import { describe, expect, test } from "vitest";
import { fileLimits, fileLink, messageFile, uploadFile } from "../../src/client/files/index.ts";
import { live, serviceRooms } from "../client/service-rooms.ts";
import { eventually } from "../support/socket.ts";

const PART = 5_242_880;
const rooms = serviceRooms({ FILE_PART_BYTES: String(PART), FILE_BYTES: "20000000" });
const ADA = { token: "ada-ada-ada-ada-ada", name: "Ada" };

function filled(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 16)) % 251);
}

describe("uploadFile", () => {
  test("[FILE-10] uploads in parts over a cut network, and publishes one message", async () => {
    const room = rooms.join("cut", ADA);
    await live(room);
    const bytes = filled(2 * PART + 11);
    const sent: number[] = [];
    const uploaded = uploadFile(room, new File([bytes], "a/b.bin", { type: "video/mp4" }), {
      id: "mine",
      data: async () => ({ text: "Look" }),
      onProgress: (progress) => {
        sent.push(progress.sent);
        if (sent.length !== 1) return;
        rooms.network.unplug();
        setTimeout(() => rooms.network.plug(), 100);
      },
    });
    expect(await uploaded).toMatchObject({ id: "mine", dup: false });
    expect(sent).toEqual([PART, 2 * PART, bytes.length]);
    await live(room);
    const { messages } = await room.history();
    expect(messages).toMatchObject([
      { id: "mine", name: "Ada", data: { text: "Look", file: { name: "b.bin", size: bytes.length } } },
    ]);
    const file = messageFile(messages[0]?.data);
    const { url, expiresAt } = await fileLink(room, file?.id ?? "");
    expect(expiresAt).toBeGreaterThan(Date.now());
    const read = new Uint8Array(await (await fetch(url)).arrayBuffer());
    expect(Buffer.compare(read, bytes)).toBe(0);
  }, 60_000);

  test("[FILE-10] resumes the upload of an earlier page with the parts that are missing", async () => {
    const room = rooms.join("resume", ADA);
    await live(room);
    const file = new File([filled(2 * PART)], "a.bin");
    let begun = "";
    // The page goes away after the first part: nothing of it runs any more.
    const first = new Promise<void>((resolve) => {
      void uploadFile(room, file, {
        onBegin: (id) => {
          begun = id;
        },
        onProgress: ({ sent }) => {
          if (sent !== PART) return;
          resolve();
          throw new Error("The page is gone.");
        },
      }).catch(() => {});
    });
    await first;
    const sent: number[] = [];
    const result = await uploadFile(room, file, {
      resume: begun,
      onProgress: (progress) => sent.push(progress.sent),
    });
    expect(result).toMatchObject({ file: begun, seq: 1 });
    expect(sent).toEqual([PART, 2 * PART]);
    // An upload that is gone begins anew.
    expect((await uploadFile(room, file, { resume: "A".repeat(22) })).seq).toBe(2);
  }, 60_000);

  test("[FILE-10] says why a file is refused, and removes one whose upload is ended", async () => {
    const room = rooms.join("refused", ADA);
    await live(room);
    const { maxBytes, types } = await fileLimits(room);
    expect([maxBytes, types]).toEqual([20_000_000, ["*"]]);
    const big = uploadFile(room, new Blob([new Uint8Array(maxBytes + 1)]));
    await expect(big).rejects.toMatchObject({ name: "RoomError", code: "too_big" });
    const abort = new AbortController();
    let begun = "";
    const ended = uploadFile(room, new Blob([filled(PART + 1)]), {
      signal: abort.signal,
      onBegin: (id) => {
        begun = id;
      },
      onProgress: () => abort.abort(),
    });
    await expect(ended).rejects.toMatchObject({ code: "aborted" });
    const rows = () =>
      rooms.service.sql("refused", `SELECT gone FROM dormouse_files WHERE file = '${begun}'`);
    await eventually(async () => (await rows())[0]?.gone !== 0);
    const old = rooms.join("refused", { token: "bob-bob-bob-bob-bob" });
    await live(old);
    await expect(fileLink(old, begun)).rejects.toMatchObject({ code: "not_found" });
  }, 60_000);
});

describe("messageFile", () => {
  test("[FILE-10] takes only a file whose fields are of their types", () => {
    const file = { id: "abc", name: "a.png", type: "image/png", size: 3 };
    expect(messageFile({ file })).toEqual(file);
    expect(messageFile({ file: { ...file, width: 2, height: 1, other: 1 } })).toEqual({
      ...file,
      width: 2,
      height: 1,
    });
    expect(messageFile({ file: { ...file, width: 2, height: 1e9, name: "" } })).toEqual({
      ...file,
      name: "file",
    });
    const wrong = [
      undefined,
      null,
      "text",
      {},
      { file: null },
      { file: "abc" },
      { file: { ...file, id: "../x" } },
      { file: { ...file, id: 7 } },
      { file: { ...file, name: 7 } },
      { file: { ...file, type: null } },
      { file: { ...file, size: "3" } },
      { file: { ...file, size: -1 } },
    ];
    for (const each of wrong) expect(messageFile(each)).toBeUndefined();
  });
});
