import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows } from "../support/people.ts";
import { SECRET, token } from "../support/tokens.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ AUTH_MODE: "token", AUTH_SECRET: SECRET });
});
afterAll(() => people?.stop());

const ALL_CAPABILITIES = ["read", "publish", "signal", "presence"];

test("[PAGE-8] the page says why it could not join and what to do, and sends waiting messages once it can", async () => {
  const ada = await people.person("guarded", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  await expect.poll(() => ada.textContent(".join-error")).toContain("Your token is missing or not valid");
  await say(ada, "written before joining");
  await ada.fill("#token", token({ sub: "ada", name: "Ada L.", can: ALL_CAPABILITIES }));
  await ada.press("#token", "Enter");
  await live(ada);
  await shows(ada, ["written before joining"]);
  expect(await ada.textContent(".user-button .name")).toBe("Ada L.");
  await ada.click(".user-button");
  expect(await ada.textContent("dialog")).toContain("Your name comes from your token");
  await ada.keyboard.press("Escape");
  await ada.reload();
  await live(ada);
  const admin = token({ sub: "root", can: [...ALL_CAPABILITIES, "admin"] });
  const kicked = await fetch(`${people.service.url}/v1/rooms/guarded/members/ada`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${admin}` },
  });
  expect(kicked.ok).toBe(true);
  await ada.waitForSelector('#state[data-status="closed"]');
  await expect.poll(() => ada.textContent(".join-error")).toContain("A moderator removed you from this room");
});

test("[PAGE-3] entering a token in one room also sends the messages that wait in other rooms", async () => {
  const ada = await people.person("room one", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  await say(ada, "written in room one");
  await ada.evaluate("location.hash = '#room two'");
  await expect.poll(() => ada.title()).toBe("room two · Dormouse");
  await ada.fill("#token", token({ sub: "ada", name: "Ada L.", can: ALL_CAPABILITIES }));
  await ada.press("#token", "Enter");
  await live(ada);
  await expect.poll(() => ada.evaluate(() => Object.keys(localStorage).join())).not.toContain("unsent");
  await ada.click('.room-list a >> text="room one"');
  await shows(ada, ["written in room one"]);
});

test("[PAGE-8] a user who may only read sees that, and all ways to write are disabled", async () => {
  const ada = await people.person("library", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill("#token", token({ sub: "reader", can: ["read"] }));
  await ada.press("#token", "Enter");
  await live(ada);
  for (const part of ["#text", "label=Attach an image or a file", "label=Emoji"])
    expect(await ada.isDisabled(part.replace(/^label=(.*)/, 'button[aria-label="$1"]'))).toBe(true);
  expect(await ada.getAttribute("#text", "placeholder")).toBe("You can only read this room");
});

test("[PAGE-8] the page explains an invalid room name", async () => {
  const ada = await people.person("x", "");
  await ada.goto(people.address("n".repeat(129)));
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  await expect.poll(() => ada.textContent(".join-error")).toContain("This is not a valid room name.");
  await say(ada, "to whom?");
  expect(await ada.textContent(".message .send-error")).toContain(
    "Not sent: This browser keeps the message and sends it when you can join the room.",
  );
  await ada.click(".send-error >> text=Edit");
  expect(await ada.inputValue("#text")).toBe("to whom?");
  await ada.press("#text", "Enter");
  await ada.click(".send-error >> text=Discard");
  await expect.poll(() => ada.locator(".message").count()).toBe(0);
  await ada.click(".join-error >> text=Open a room");
  await ada.fill("dialog .open-room input", "another");
  await ada.press("dialog .open-room input", "Enter");
  await expect.poll(() => ada.title()).toBe("another · Dormouse");
});

test.each([
  ["en-US", "Could not reach the service.", "The room is full."],
  ["zh-CN", "无法连接到服务。", "房间已满。"],
])(
  "[PAGE-8] the page says that a room is full, or that it cannot reach the service (%s)",
  async (locale, unreachable, full) => {
    const service = await People.start({ ROOM_SOCKETS: "1" });
    try {
      await service.person("small", "Ada");
      const bob = await service.person("small", "", { locale });
      await bob.fill("#my-name", "Bob");
      await bob.press("#my-name", "Enter");
      await expect.poll(() => bob.textContent("#state")).toContain(full);
      service.network.unplug();
      await expect.poll(() => bob.textContent("#state"), { timeout: 30_000 }).toContain(unreachable);
    } finally {
      await service.stop();
    }
  },
  90_000,
);

test("[PAGE-8] the page rejects a text that cannot be a token, and ignores quotes and spaces around a pasted one", async () => {
  const ada = await people.person("quoted", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  await ada.fill("#token", "令牌 of mine");
  await ada.press("#token", "Enter");
  await expect.poll(() => ada.textContent(".join-error")).toContain("This is not a token");
  expect(await ada.evaluate(() => sessionStorage.getItem("dormouse.token"))).toBe(null);
  await ada.fill("#token", ` "${token({ sub: "ada", can: ALL_CAPABILITIES })}" `);
  await ada.press("#token", "Enter");
  await live(ada);
});

test("[PAGE-8] the user can remove a token in the join error and in the settings", async () => {
  const ada = await people.person("left", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill(
    "#token",
    token({ sub: "ada", can: ALL_CAPABILITIES }, { secret: "a secret that this service never had" }),
  );
  await ada.press("#token", "Enter");
  const removeToken = "text=Remove the token";
  await ada.click(`.join-error >> ${removeToken}`);
  await expect.poll(() => ada.textContent(".join-error")).toContain("Your token is missing or not valid");
  expect(await ada.evaluate(() => sessionStorage.getItem("dormouse.token"))).toBe(null);
  await ada.fill("#token", token({ sub: "ada", can: ALL_CAPABILITIES }));
  await ada.press("#token", "Enter");
  await live(ada);
  const admin = token({ sub: "root", can: [...ALL_CAPABILITIES, "admin"] });
  await fetch(`${people.service.url}/v1/rooms/left/members/ada?ban=60`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${admin}` },
  });
  await ada.waitForSelector('#state[data-status="closed"]');
  await expect.poll(() => ada.textContent(".join-error")).toContain("Ask a moderator before you try again.");
  await ada.click(".user-button");
  await ada.click(`dialog >> ${removeToken}`);
  await expect.poll(() => ada.locator(`dialog >> ${removeToken}`).count()).toBe(0);
  await ada.keyboard.press("Escape");
  await expect.poll(() => ada.textContent(".join-error")).toContain("Your token is missing or not valid");
});

test("[PAGE-8] a user whose name the service rejected can join under another one", async () => {
  const service = await People.start({ NAME_CHARS: "8" });
  try {
    const ada = await service.person("names", "");
    await ada.fill("#my-name", "Ada, Countess of Lovelace");
    await ada.press("#my-name", "Enter");
    await ada.waitForSelector('#state[data-status="closed"]');
    await expect.poll(() => ada.textContent(".join-error")).toContain("The service rejected your name.");
    await ada.click(".join-error button >> text=Settings");
    await ada.fill("#my-name", "Ada");
    await ada.press("#my-name", "Enter");
    await live(ada);
  } finally {
    await service.stop();
  }
}, 90_000);

test("[PAGE-8] the page says at once that the open room was erased", async () => {
  const ada = await people.person("erased", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill("#token", token({ sub: "ada", can: ALL_CAPABILITIES }));
  await ada.press("#token", "Enter");
  await live(ada);
  await say(ada, "of the first");
  await shows(ada, ["of the first"]);
  const response = await fetch(`${people.service.url}/v1/rooms/erased`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token({ sub: "root", can: [...ALL_CAPABILITIES, "admin"] })}` },
  });
  expect(response.ok).toBe(true);
  await expect
    .poll(() => ada.locator(".timeline-start").allTextContents())
    .toEqual(["The earlier messages in this room were erased."]);
  await shows(ada, []);
});
