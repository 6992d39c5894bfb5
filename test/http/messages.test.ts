import { exports } from "cloudflare:workers";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { pageSchema } from "../../src/protocol/api.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { call, posted } from "./call.ts";

const get = (room: string, query = "") =>
  exports.default.fetch(`https://dormouse.test/v1/rooms/${room}/messages${query}`);

async function filled(count: number): Promise<string> {
  const room = freshRoom();
  const messages = Array.from({ length: count }, (_, i) => ({ data: i + 1 }));
  await call(`/v1/rooms/${room}/messages`, posted({ messages }));
  return room;
}

/** The seqs of this page and of every following page, by the Link header. */
async function pagesOf(path: string): Promise<number[][]> {
  const pages: number[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer = await call(next);
    const { messages } = v.parse(pageSchema, await answer.json());
    pages.push(messages.map(({ seq }) => seq));
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  return pages;
}

describe("GET /v1/rooms/{room}/messages", () => {
  test("[RES-7] returns text and binary messages before or after a seq", async () => {
    const room = freshRoom();
    const ada = await join(room, "?name=Ada");
    ada.publish("1", { n: 1 });
    ada.publishBytes("2", new Uint8Array([104, 105]));
    ada.publish("3", "three");
    await ada.messages(3);
    const from = { from: ada.welcome.member, name: "Ada", at: expect.any(Number) };
    const all = [
      { seq: 1, id: "1", data: { n: 1 }, ...from },
      { seq: 2, id: "2", binary: "aGk=", ...from },
      { seq: 3, id: "3", data: "three", ...from },
    ];
    const cases: [string, number[], boolean][] = [
      ["", [0, 1, 2], false],
      ["?limit=2", [1, 2], true],
      ["?before=3", [0, 1], false],
      ["?before=3&limit=1", [1], true],
      ["?before=0", [], false],
      ["?before=99", [0, 1, 2], false],
      ["?after=0&limit=1", [0], true],
      ["?after=1", [1, 2], false],
      ["?after=3", [], false],
      ["?after=99", [], false],
    ];
    for (const [query, expected, more] of cases) {
      const answer = await get(room, query);
      expect(answer.status).toBe(200);
      const { epoch } = ada.welcome;
      expect(await answer.json()).toEqual({ epoch, messages: expected.map((i) => all[i]), more });
    }
  });

  test("[LIM-7] refuses a parameter out of range with an error that names it", async () => {
    for (const query of [
      "?limit=0",
      "?limit=1001",
      "?before=-1",
      "?after=x",
      "?limit=",
      "?before=9007199254740992",
      "?before=2&after=1",
    ]) {
      const answer = await get(freshRoom(), query);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        code: "invalid_query",
        detail: expect.stringMatching(/limit|before|after/),
      });
    }
    for (const query of ["?limit=1000", "?before=9007199254740991", "?after=9007199254740991"])
      expect([query, (await get(freshRoom(), query)).status]).toEqual([query, 200]);
    const put = await exports.default.fetch("https://dormouse.test/v1/rooms/x/messages", { method: "PUT" });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });

  test("[API-10] links each page but the last to the next, in both directions", async () => {
    const room = await filled(7);
    const path = `/v1/rooms/${room}/messages`;
    expect(await pagesOf(`${path}?limit=3`)).toEqual([[5, 6, 7], [2, 3, 4], [1]]);
    expect(await pagesOf(`${path}?after=0&limit=3`)).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect(await pagesOf(`${path}?before=4&limit=3`)).toEqual([[1, 2, 3]]);
    const withToken = await call(`${path}?limit=1&token=ada-ada-ada-ada-ada`);
    const { epoch } = v.parse(pageSchema, await withToken.json());
    expect(withToken.headers.get("link")).toBe(`<${path}?before=7&limit=1&epoch=${epoch}>; rel="next"`);
  });

  test("[API-10] answers 304 for a page that the client has, and 200 once the page changes", async () => {
    const room = await filled(3);
    const path = `/v1/rooms/${room}/messages`;
    const first = await call(path);
    const etag = first.headers.get("etag") ?? "";
    expect([etag, first.headers.get("cache-control")]).toEqual([
      expect.stringMatching(/^".+"$/),
      "private, no-cache",
    ]);
    for (const kept of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await call(path, { headers: { "if-none-match": kept } });
      expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
    }
    const seen = new Set([etag]);
    for (const query of ["?limit=2", "?before=3", "?after=0&limit=1", "?after=3"]) {
      const other = await call(`${path}${query}`, { headers: { "if-none-match": etag } });
      expect(other.status).toBe(200);
      seen.add(other.headers.get("etag") ?? "");
    }
    await call(path, posted({ data: 4 }));
    const grown = await call(path, { headers: { "if-none-match": etag } });
    expect(grown.status).toBe(200);
    seen.add(grown.headers.get("etag") ?? "");
    expect(seen.size).toBe(6);
  });
});
