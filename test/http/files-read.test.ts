import { describe, expect, test, vi } from "vitest";
import { sign } from "../auth/tokens.ts";
import { freshRoom } from "../room/room-client.ts";
import { call, callWith, problemOf } from "./call.ts";
import { ADA, BOB, bytesOf, filled, PNG, text, UploadCaller } from "./uploads.ts";

const linkOf = async (caller: UploadCaller, file: string) =>
  await (await caller.post(`/${file}/link`, {})).json<{ url: string; expiresAt: number }>();

describe("reading a file", () => {
  test("[FILE-4] needs read in its room, and a published file", async () => {
    const ada = new UploadCaller(freshRoom());
    const { file } = await ada.upload(filled(4));
    expect(await bytesOf(await new UploadCaller(ada.room, BOB).get(`/${file}`))).toEqual(filled(4));
    const writer = new UploadCaller(ada.room, await sign({ sub: "eve", can: ["publish"] }));
    const other = new UploadCaller(ada.room, await sign({ sub: "eve", rooms: ["other"] }));
    for (const each of [writer, other]) {
      expect((await problemOf(await each.get(`/${file}`))).code).toBe("forbidden");
      expect((await problemOf(await each.post(`/${file}/link`, {}))).code).toBe("forbidden");
    }
    const elsewhere = new UploadCaller(freshRoom());
    expect((await problemOf(await elsewhere.get(`/${file}`))).code).toBe("not_found");
    expect((await problemOf(await elsewhere.post(`/${file}/link`, {}))).code).toBe("not_found");
    const open = await ada.begin(4);
    await ada.putAll(open, filled(4));
    expect((await problemOf(await ada.get(`/${open}`))).code).toBe("not_found");
    expect((await problemOf(await ada.post(`/${open}/link`, {}))).code).toBe("not_found");
  });

  test("[FILE-4] takes a link for up to an hour, for its own file only", async () => {
    const ada = new UploadCaller(freshRoom());
    const [{ file }, { file: other }] = [await ada.upload(filled(4)), await ada.upload(filled(5))];
    const { url, expiresAt } = await linkOf(ada, file);
    expect(expiresAt - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(expiresAt - Date.now()).toBeGreaterThan(2_600_000);
    // A deployment that takes tokens only reads it as well, since the link is the credential.
    const read = (path: string) => callWith({ AUTH_MODE: "token", AUTH_SECRET: "s".repeat(32) }, path);
    expect(await bytesOf(await read(url))).toEqual(filled(4));
    const ranged = await call(url, { headers: { range: "bytes=1-2" } });
    expect([ranged.status, await bytesOf(ranged)]).toEqual([206, filled(4).subarray(1, 3)]);
    const changed = [
      url.replace(file, other),
      url.replace(/expires=\d+/, `expires=${expiresAt + 1}`),
      url.replace(/signature=./, "signature="),
      url.replace(/signature=.*/, "signature=%00"),
      url.replace(/signature=.*/, "signature="),
      url.replace(/expires=\d+/, "expires=Infinity"),
      url.replace(/expires=\d+&/, ""),
    ];
    for (const each of changed) expect([each, (await read(each)).status]).toEqual([each, 401]);
    const clock = vi.spyOn(Date, "now").mockReturnValue(expiresAt);
    const late = await problemOf(await read(url));
    clock.mockRestore();
    expect(late).toMatchObject({ code: "invalid_token", detail: expect.stringContaining("expired") });
  });

  test("[FILE-5] shows images, audio and video whose bytes are of their type, and saves the rest", async () => {
    const ada = new UploadCaller(freshRoom());
    const html = text("<!doctype html><script>alert(1)</script>");
    const svg = text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const mp4 = text("\0\0\0\x18ftypisom....");
    const cases: [string, Uint8Array, string | undefined][] = [
      ["image/png", PNG, "image/png"],
      ["image/jpg", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
      ["image/gif", text("GIF89a"), "image/gif"],
      ["image/webp", text("RIFF....WEBPVP8 "), "image/webp"],
      ["image/avif", text("\0\0\0\x18ftypavif"), "image/avif"],
      ["video/mp4", mp4, "video/mp4"],
      ["video/webm", new Uint8Array([0x1a, 0x45, 0xdf, 0xa3]), "video/webm"],
      ["audio/mpeg", text("ID3..."), "audio/mpeg"],
      ["audio/mpeg", new Uint8Array([0xff, 0xfb, 0x90]), "audio/mpeg"],
      ["audio/aac", new Uint8Array([0xff, 0xf1, 0x50]), "audio/aac"],
      ["audio/ogg", text("OggS"), "audio/ogg"],
      ["audio/x-wav", text("RIFF....WAVE"), "audio/wav"],
      ["audio/flac", text("fLaC"), "audio/flac"],
      ["image/png", html, undefined],
      ["image/png", svg, undefined],
      ["image/png", mp4, undefined],
      ["video/mp4", html, undefined],
      ["audio/mpeg", html, undefined],
      ["image/svg+xml", svg, undefined],
      ["text/html", html, undefined],
      ["text/javascript", text("alert(1)"), undefined],
      ["application/pdf", text("%PDF-1.7"), undefined],
      ["text/html", PNG, undefined],
      ["constructor/prototype", PNG, undefined],
      ["", text("x"), undefined],
    ];
    for (const [type, bytes, shown] of cases) {
      const { file } = await ada.upload(bytes, { type });
      const { headers } = await ada.get(`/${file}`);
      expect([type, headers.get("content-type")]).toEqual([type, shown ?? "application/octet-stream"]);
      const how = headers.get("content-disposition")?.split(";")[0];
      expect([type, how]).toEqual([type, shown === undefined ? "attachment" : "inline"]);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
    }
  });

  test("[FILE-6] returns the range that is asked for", async () => {
    const ada = new UploadCaller(freshRoom());
    const bytes = filled(10);
    const { file } = await ada.upload(bytes);
    const whole = await ada.get(`/${file}`);
    const etag = whole.headers.get("etag") ?? "";
    expect(await bytesOf(whole)).toEqual(bytes);
    expect([whole.status, whole.headers.get("accept-ranges")]).toEqual([200, "bytes"]);
    const cases: [string, number, number][] = [
      ["bytes=0-0", 0, 1],
      ["bytes=2-5", 2, 6],
      ["bytes=5-", 5, 10],
      ["bytes=-3", 7, 10],
      ["bytes=-99", 0, 10],
      ["bytes=9-99", 9, 10],
      ["Bytes=0-999999999999999", 0, 10],
    ];
    for (const [range, from, to] of cases) {
      const part = await ada.get(`/${file}`, { range });
      expect([range, part.status]).toEqual([range, 206]);
      expect(part.headers.get("content-range")).toBe(`bytes ${from}-${to - 1}/10`);
      expect(await bytesOf(part)).toEqual(bytes.subarray(from, to));
    }
    for (const range of ["bytes=10-", "bytes=99-100", "bytes=-0"]) {
      const none = await ada.get(`/${file}`, { range });
      expect([range, none.status, none.headers.get("content-range")]).toEqual([range, 416, "bytes */10"]);
    }
    for (const range of [
      "bytes=5-2",
      "bytes=0-1,3-4",
      "items=0-1",
      "bytes=-",
      "bytes=a-b",
      `bytes=${"9".repeat(50)}-`,
    ]) {
      const ignored = await ada.get(`/${file}`, { range });
      expect([range, ignored.status, (await bytesOf(ignored)).length]).toEqual([range, 200, 10]);
    }
    const same = await ada.get(`/${file}`, { range: "bytes=0-1", "if-range": etag });
    const other = await ada.get(`/${file}`, { range: "bytes=0-1", "if-range": '"other"' });
    expect([same.status, other.status]).toEqual([206, 200]);
    const known = await ada.get(`/${file}`, { "if-none-match": etag });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    const head = await ada.send(`/${file}`, "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "10", ""]);
  });

  test("[FILE-7] is saved under a name without path, control and direction characters", async () => {
    const ada = new UploadCaller(freshRoom(), ADA);
    const cases: [string, string][] = [
      ["../../etc/passwd", "passwd"],
      ["C:\\dir\\a.txt", "a.txt"],
      ["photo\u202Egnp.exe", "photognp.exe"],
      ["a\r\nset-cookie: x\0.txt", "aset-cookie: x.txt"],
      [`${"x".repeat(10_000)}.png`, `${"x".repeat(116)}.png`],
      ['say "hi" 100%.txt', 'say "hi" 100%.txt'],
      ["日記 ☂.txt", "日記 ☂.txt"],
      ["\ud800", "\ufffd"],
      ["..", "file"],
      ["", "file"],
      ["dir/", "file"],
    ];
    for (const [given, kept] of cases) {
      const { file } = await ada.upload(text("x"), { name: given });
      const disposition = (await ada.get(`/${file}`)).headers.get("content-disposition") ?? "";
      const encoded = /filename\*=UTF-8''(.+)$/.exec(disposition)?.[1] ?? "";
      expect(decodeURIComponent(encoded)).toBe(kept);
      expect(disposition).toMatch(/^attachment; filename="[^"\\%]*"; /);
    }
    expect((await problemOf(await ada.post("", { name: 7, size: 1 }))).code).toBe("invalid_event");
  });
});
