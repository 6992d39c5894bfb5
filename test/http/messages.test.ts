import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { freshRoom, join } from "../room/room-client.ts";

const get = (room: string, query = "") =>
  exports.default.fetch(`https://dormouse.test/v1/rooms/${room}/messages${query}`);

test("[RES-7] history over HTTP, before and after a seq, text and binary", async () => {
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
    expect(await answer.json()).toEqual({ messages: expected.map((i) => all[i]), more });
  }
});

test("[LIM-7] a page that is out of range is refused with a sentence that names it", async () => {
  for (const query of ["?limit=0", "?limit=1001", "?before=-1", "?after=x", "?limit=", "?before=2&after=1"]) {
    const answer = await get(freshRoom(), query);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "invalid_query",
      detail: expect.stringMatching(/limit|before|after/),
    });
  }
  expect((await get(freshRoom(), "?limit=1000")).status).toBe(200);
  const put = await exports.default.fetch("https://dormouse.test/v1/rooms/x/messages", { method: "PUT" });
  expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});
