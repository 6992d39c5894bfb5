import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, Front } from "../support/front.ts";
import { live, People, say, shows } from "../support/people.ts";
import { go } from "../support/room-list.ts";
import { inSeconds, SECRET, token } from "../support/tokens.ts";

const CAN = ["read", "publish", "signal", "presence"];
const tokenOf = (sub: string, other: Record<string, unknown> = {}) =>
  token({ sub, name: `${sub} by token`, can: CAN, ...other });

let people: People;
let front: Front;
beforeAll(async () => {
  people = await People.start({ AUTH_MODE: "token", AUTH_SECRET: SECRET, AUTH_LOGIN_URL: "/login" });
  front = await Front.start(() => people.service.url);
});
afterAll(async () => {
  await front?.stop();
  await people?.stop();
});
beforeEach(() => {
  front.logins.length = 0;
});

/** Sends people back to the page with something beside the room in the fragment. `STATE` stands for the state that the page sent. */
const returning =
  (added: string) =>
  (url: URL): Answer => ({
    status: 303,
    headers: {
      location: `${url.searchParams.get("return_to")}${added.replace("STATE", url.searchParams.get("state") ?? "")}`,
    },
  });

/** Signs people in, and does not renew. */
const signingIn = (given: string) => (url: URL, isJson: boolean) =>
  isJson ? { status: 401 } : returning(`&token=${given}&state=STATE`)(url);

/** A page in a room, of somebody who was never here, or of the owner of a browser. */
async function open(room: string, message = "", context?: BrowserContext): Promise<Page> {
  const page = context === undefined ? await people.person(room, "") : await context.newPage();
  await page.goto(`${front.url}/#${encodeURIComponent(room)}${message}`);
  return page;
}

const signIn = (page: Page) => page.click("button >> text='Sign in'");

/** All texts that the page keeps and shows outside of `sessionStorage`. */
const traces = (page: Page) =>
  page.evaluate(() =>
    [
      location.href,
      document.title,
      document.referrer,
      JSON.stringify(localStorage),
      document.body.innerHTML,
    ].join("\n"),
  );

const kept = (page: Page) => page.evaluate(() => sessionStorage.getItem("dormouse.token"));

describe("the sign-in of the chat page", () => {
  test("[PAGE-35] sends a new user to the sign-in page with its own address, and takes the token back", async () => {
    const page = await open("team 7", "@5");
    const given = tokenOf("ada");
    front.login = signingIn(given);
    await signIn(page);
    await live(page);
    expect(await page.textContent(".user-button .name")).toBe("ada by token");
    const [{ url } = { url: new URL("http://none") }] = front.logins;
    expect(url.searchParams.get("return_to")).toBe(`${front.url}/#team%207@5`);
    expect(url.searchParams.get("state")).toMatch(/^[0-9a-f]{32}$/);
    expect(page.url()).toBe(`${front.url}/#team%207@5`);
    expect(await page.title()).toBe("team 7 · Dormouse");
    expect(await traces(page)).not.toContain(given);
    expect(await kept(page)).toBe(given);
    await page.reload();
    await live(page);
    await page.click(".user-button");
    await expect.poll(() => page.textContent("dialog[open]")).toContain("Sign out of this page");
    expect(await page.textContent("dialog[open]")).toContain("Your name comes from your sign-in.");
    await page.keyboard.press("Escape");
    await page.goBack();
    expect(page.url()).not.toContain(given.slice(-20));
  });

  test("[PAGE-36] says why it takes no token from the sign-in page, and asks once", async () => {
    const page = await open("returned");
    for (const [added, why] of [
      ["", "You came back without signing in."],
      ["&error=access_denied&state=STATE", "You came back without signing in."],
      [`&token=${tokenOf("eve")}&state=${"0".repeat(32)}`, "this page did not ask for it"],
      [`&token=${tokenOf("eve")}`, "this page did not ask for it"],
      ["&token=&state=STATE", "something that is not a token"],
      ["&token=eyJhbGciOiJIUzI1NiIsInR5cCI6Imludml0YX", "A part of this link is missing."],
      ["&token=<img src=x>&state=STATE", "something that is not a token"],
      [`&token=${"a".repeat(9000)}.b.c&state=STATE`, "something that is not a token"],
      [`&token=${tokenOf("ada", { exp: inSeconds(-3600) })}&state=STATE`, "Your sign-in has ended."],
      [`%2526token%253D${tokenOf("eve")}%2526state%253D1`, "this page did not ask for it"],
    ] as const) {
      front.logins.length = 0;
      front.login = returning(added);
      await signIn(page);
      await expect
        .poll(() => page.locator(".welcome .notice").textContent(), { message: added })
        .toContain(why);
      expect(page.url()).toBe(`${front.url}/#returned`);
      expect(await kept(page)).toBe(null);
      expect(await traces(page)).not.toContain("token=");
      expect(front.logins.length).toBe(1);
    }
  });

  test("[PAGE-36] stops with a way to sign in where the service refuses the token", async () => {
    const page = await open("refused");
    const forged = token({ sub: "ada", can: CAN }, { secret: "a secret that this service never had" });
    front.login = signingIn(forged);
    await signIn(page);
    await expect.poll(() => page.locator(".join-error").textContent()).toContain("Your sign-in has ended.");
    expect(page.url()).toBe(`${front.url}/#refused`);
    expect(front.logins.filter(({ isJson }) => !isJson).length).toBe(1);
    front.login = signingIn(tokenOf("ada", { rooms: ["other"] }));
    await signIn(page);
    await expect
      .poll(() => page.locator(".join-error").textContent())
      .toContain("have no access to this room");
    front.login = signingIn(tokenOf("ada"));
    await signIn(page);
    await live(page);
  });

  test("[PAGE-36] lets two tabs sign in at once, each with its own answer", async () => {
    const first = await open("both");
    const second = await open("both", "", first.context());
    const states = [first, second].map(() => "");
    for (const [i, page] of [first, second].entries()) {
      front.login = (url) => {
        states[i] = url.searchParams.get("state") ?? "";
        return { status: 200, body: "Who are you?" };
      };
      await signIn(page);
      await expect.poll(() => states[i]).not.toBe("");
    }
    const answer = (state?: string) => `${front.url}/#both&token=${tokenOf("ada")}&state=${state}`;
    await second.goto(answer(states[0]));
    await expect.poll(() => second.locator(".welcome .notice").textContent()).toContain("did not ask for it");
    await first.goto(answer(states[0]));
    await live(first);
    expect(await kept(second)).toBe(null);
  });

  test("[PAGE-36] ignores a token that a link brings to a tab that is signed in", async () => {
    const page = await open("signed in");
    const own = tokenOf("ada");
    front.login = signingIn(own);
    await signIn(page);
    await live(page);
    await page.evaluate((given) => {
      location.hash = `#signed%20in&token=${given}`;
    }, tokenOf("eve"));
    await expect.poll(() => page.locator(".notice").textContent()).toContain("did not ask for it");
    expect(page.url()).toBe(`${front.url}/#signed%20in`);
    expect(await kept(page)).toBe(own);
    await live(page);
  });

  test("[PAGE-37] renews a token before it ends, without leaving the room or those that it watches", async () => {
    const page = await open("renewed");
    const renewed: string[] = [];
    page.on("websocket", (socket) => {
      const room = new URL(socket.url()).pathname.split("/").pop() ?? "";
      socket.on("framesent", ({ payload }) => String(payload).includes(fresh) && renewed.push(room));
    });
    await page.clock.install();
    await page.reload();
    const fresh = tokenOf("ada");
    front.login = (url, isJson) =>
      isJson
        ? { status: 200, body: JSON.stringify({ token: fresh }) }
        : returning(`&token=${tokenOf("ada", { exp: inSeconds(50) })}&state=STATE`)(url);
    await signIn(page);
    await live(page);
    await page.waitForSelector(".room-badge", { state: "attached" });
    await go(page, "another");
    // The client waits 15 seconds between two tokens. A pong has time to arrive before the page's clock is ten seconds on.
    const interval = 250;
    await expect.poll(() => page.clock.fastForward(1000).then(() => kept(page)), { interval }).toBe(fresh);
    expect(await page.getAttribute("#state", "data-status")).toBe("live");
    expect(front.logins.filter(({ isJson }) => isJson).length).toBe(1);
    await expect
      .poll(() => page.clock.fastForward(1000).then(() => renewed.sort()), { interval })
      .toEqual(["another", "renewed"]);
  });

  test("[PAGE-37] says that the sign-in ended, and sends what was written after the next one", async () => {
    const page = await open("ended");
    const answers: Answer[] = [
      { status: 401 },
      { status: 303, headers: { location: "/login?again" } },
      // Somebody else has signed in with this browser.
      { status: 200, body: JSON.stringify({ token: tokenOf("bob") }) },
      { status: 200, body: JSON.stringify({ token: "<script>" }) },
    ];
    for (const [i, json] of answers.entries()) {
      front.login = (url, isJson) =>
        isJson ? json : returning(`&token=${tokenOf("ada", { exp: inSeconds(3) })}&state=STATE`)(url);
      await signIn(page);
      await live(page);
      await expect.poll(() => page.locator(".join-error").textContent()).toContain("Your sign-in has ended.");
      await say(page, `while away ${i}`);
      await page.fill("#text", `half a thought ${i}`);
    }
    front.login = signingIn(tokenOf("ada"));
    await signIn(page);
    await live(page);
    await shows(
      page,
      answers.map((_, i) => `while away ${i}`),
    );
    expect(await page.inputValue("#text")).toBe(`half a thought ${answers.length - 1}`);
  }, 60_000);
});
