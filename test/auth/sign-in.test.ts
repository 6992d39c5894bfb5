import { describe, expect, test } from "vitest";
import { answerSignIn, readSignIn } from "../../src/backend/sign-in.ts";

const PAGES = ["https://rooms.test", "http://localhost:8787/"];

const asking = (query: Record<string, string>) =>
  readSignIn(new Request(`https://login.test/?${new URLSearchParams(query)}`), PAGES);

const signIn = (returnTo: string) => asking({ return_to: returnTo, state: "abc" });

describe("readSignIn and answerSignIn", () => {
  test.each([
    ["https://rooms.test/#team%207@5", "https://rooms.test/#team%207@5&token=a.b.c&state=abc"],
    ["https://rooms.test/?frames", "https://rooms.test/?frames#token=a.b.c&state=abc"],
    ["http://localhost:8787/#lobby", "http://localhost:8787/#lobby&token=a.b.c&state=abc"],
  ])("[ACC-35] send a person back to %j with the token in the fragment", (returnTo, location) => {
    const answer = answerSignIn(signIn(returnTo), "a.b.c");
    expect(answer.status).toBe(303);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      location,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
  });

  test.each([
    "https://evil.test/#lobby",
    "https://rooms.test.evil.test/",
    "https://rooms.test@evil.test/",
    "https://user:secret@rooms.test/",
    "http://rooms.test/",
    "https://rooms.test:444/",
    "//rooms.test/",
    "/#lobby",
    "javascript:alert(1)//https://rooms.test",
    "blob:null/https://rooms.test",
    "",
    `https://rooms.test/#${"a".repeat(2048)}`,
  ])("[ACC-35] refuse to send anybody to %j", (returnTo) => {
    expect(() => signIn(returnTo)).toThrow(expect.objectContaining({ code: "invalid_query" }));
  });

  test.each(["", "a b", "a&token=x", "a\nb", "a".repeat(129)])("[ACC-35] refuse the state %j", (state) => {
    expect(() => asking({ return_to: "https://rooms.test/", state })).toThrow(
      expect.objectContaining({ code: "invalid_query" }),
    );
  });

  test("[ACC-35] refuse everybody where no page is named", () => {
    const request = new Request("https://login.test/?return_to=about:blank&state=a");
    for (const pages of [[], ["about:blank"], ["rooms.test"]])
      expect(() => readSignIn(request, pages)).toThrow(expect.objectContaining({ code: "invalid_query" }));
  });

  test("[ACC-35] answer a renewal with JSON, or 401 if nobody is signed in", async () => {
    const request = new Request("https://login.test/", { headers: { accept: "application/json" } });
    const asked = readSignIn(request, PAGES);
    const answer = answerSignIn(asked, "a.b.c");
    expect([answer.status, await answer.json()]).toEqual([200, { token: "a.b.c" }]);
    expect(answer.headers.get("access-control-allow-origin")).toBe(null);
    expect(answerSignIn(asked, undefined).status).toBe(401);
  });

  test("[ACC-35] tell the page that a person did not sign in", () => {
    const answer = answerSignIn(signIn("https://rooms.test/#lobby"), undefined);
    expect(answer.headers.get("location")).toBe("https://rooms.test/#lobby&error=access_denied&state=abc");
  });
});
