import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows } from "../support/people.ts";
import { SECRET, token } from "../support/tokens.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ AUTH_MODE: "token", AUTH_SECRET: SECRET });
});
afterAll(() => people?.stop());

const ALL = ["read", "publish", "signal", "presence"];

test("[PAGE-8] who is refused is told why and what to do; what was written meanwhile is sent once let in", async () => {
  const ada = await people.person("guarded", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  expect(await ada.textContent(".refused")).toContain("This service asks for a token");
  await say(ada, "written before the door");
  await ada.fill("#token", token({ sub: "ada", name: "Ada L.", can: ALL }));
  await ada.press("#token", "Enter");
  await live(ada);
  await shows(ada, ["written before the door"]);
  expect(await ada.textContent(".myself .name")).toBe("Ada L.");
  await ada.click(".myself");
  expect(await ada.textContent("dialog")).toContain("Your name comes with your token");
  await ada.keyboard.press("Escape");
  await ada.reload();
  await live(ada);
  const admin = token({ sub: "root", can: [...ALL, "admin"] });
  const kicked = await fetch(`${people.service.url}/v1/rooms/guarded/members/ada`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${admin}` },
  });
  expect(kicked.ok).toBe(true);
  await ada.waitForSelector('#state[data-status="closed"]');
  expect(await ada.textContent(".refused")).toContain("You were asked to leave");
});

test("[PAGE-3] what was written in several rooms before the door is sent once a token is entered in one", async () => {
  const ada = await people.person("door one", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  await say(ada, "written at door one");
  await ada.evaluate("location.hash = '#door two'");
  await expect.poll(() => ada.title()).toBe("door two · Dormouse");
  await ada.fill("#token", token({ sub: "ada", name: "Ada L.", can: ALL }));
  await ada.press("#token", "Enter");
  await live(ada);
  await expect.poll(() => ada.evaluate(() => Object.keys(localStorage).join())).not.toContain("unsent");
  await ada.click('.rooms a >> text="door one"');
  await shows(ada, ["written at door one"]);
});

test("[PAGE-8] who may only read is told so, and is not offered to write", async () => {
  const ada = await people.person("library", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill("#token", token({ sub: "reader", can: ["read"] }));
  await ada.press("#token", "Enter");
  await live(ada);
  for (const part of ["#text", "label=Attach an image or a file", "label=Emoji"])
    expect(await ada.isDisabled(part.replace(/^label=(.*)/, 'button[aria-label="$1"]'))).toBe(true);
  expect(await ada.getAttribute("#text", "placeholder")).toBe("You may read here, and not write");
});

test("[PAGE-8] a name that no room has is told as such", async () => {
  const ada = await people.person("x", "");
  await ada.goto(people.address("n".repeat(129)));
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  expect(await ada.textContent(".refused")).toContain("That is no name for a room.");
  await say(ada, "to whom?");
  expect(await ada.textContent(".said .why")).toContain(
    "Not sent: It is kept here until this room lets you in.",
  );
  await ada.click(".why >> text=Edit");
  expect(await ada.inputValue("#text")).toBe("to whom?");
  await ada.press("#text", "Enter");
  await ada.click(".why >> text=Discard");
  await expect.poll(() => ada.locator(".said").count()).toBe(0);
  await ada.click(".refused >> text=Open a room");
  await ada.fill("dialog .open-room input", "another");
  await ada.press("dialog .open-room input", "Enter");
  await expect.poll(() => ada.title()).toBe("another · Dormouse");
});

test.each([
  ["en-US", "Not reached yet.", "This room takes nobody more right now: it is full"],
  ["zh-CN", "尚未连上。", "房间暂时无法再进人"],
])(
  "[PAGE-8] who finds a room full, or no service, is told so (%s)",
  async (locale, unreached, full) => {
    const service = await People.start({ ROOM_SOCKETS: "1" });
    try {
      await service.person("small", "Ada");
      const bob = await service.person("small", "", { locale });
      await bob.fill("#my-name", "Bob");
      await bob.press("#my-name", "Enter");
      await expect.poll(() => bob.textContent("#state")).toContain(full);
      service.network.unplug();
      await expect.poll(() => bob.textContent("#state"), { timeout: 30_000 }).toContain(unreached);
    } finally {
      await service.stop();
    }
  },
  90_000,
);

test("[PAGE-8] what cannot be a token is told at once, and a pasted one may have quotes and spaces about it", async () => {
  const ada = await people.person("quoted", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  await ada.fill("#token", "令牌 of mine");
  await ada.press("#token", "Enter");
  await expect.poll(() => ada.textContent(".refused")).toContain("That is no token");
  expect(await ada.evaluate(() => sessionStorage.getItem("dormouse.token"))).toBe(null);
  await ada.fill("#token", ` "${token({ sub: "ada", can: ALL })}" `);
  await ada.press("#token", "Enter");
  await live(ada);
});

test("[PAGE-8] a token is left from the settings, and where it is refused; a banned one is told no more than is known", async () => {
  const ada = await people.person("left", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill("#token", token({ sub: "ada", can: ALL }, { secret: "of another service, or of long ago" }));
  await ada.press("#token", "Enter");
  const leave = "text=Leave this token";
  await ada.click(`.refused >> ${leave}`);
  await expect.poll(() => ada.textContent(".refused")).toContain("This service asks for a token");
  expect(await ada.evaluate(() => sessionStorage.getItem("dormouse.token"))).toBe(null);
  await ada.fill("#token", token({ sub: "ada", can: ALL }));
  await ada.press("#token", "Enter");
  await live(ada);
  const admin = token({ sub: "root", can: [...ALL, "admin"] });
  await fetch(`${people.service.url}/v1/rooms/left/members/ada?ban=60`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${admin}` },
  });
  await ada.waitForSelector('#state[data-status="closed"]');
  expect(await ada.textContent(".refused")).toContain("Whether you may come back is up to them.");
  await ada.click(".myself");
  await ada.click(`dialog >> ${leave}`);
  await expect.poll(() => ada.locator(`dialog >> ${leave}`).count()).toBe(0);
  await ada.keyboard.press("Escape");
  await expect.poll(() => ada.textContent(".refused")).toContain("This service asks for a token");
});

test("[PAGE-8] whoever was refused for their name enters under another one", async () => {
  const service = await People.start({ NAME_CHARS: "8" });
  try {
    const ada = await service.person("names", "");
    await ada.fill("#my-name", "Ada, Countess of Lovelace");
    await ada.press("#my-name", "Enter");
    await ada.waitForSelector('#state[data-status="closed"]');
    expect(await ada.textContent(".refused")).toContain("The service does not take your name.");
    await ada.click(".refused button >> text=You and this page");
    await ada.fill("#my-name", "Ada");
    await ada.press("#my-name", "Enter");
    await live(ada);
  } finally {
    await service.stop();
  }
}, 90_000);

test("[PAGE-8] a room that is erased while it is open says so at once", async () => {
  const ada = await people.person("erased", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill("#token", token({ sub: "ada", can: ALL }));
  await ada.press("#token", "Enter");
  await live(ada);
  await say(ada, "of the first");
  await shows(ada, ["of the first"]);
  const gone = await fetch(`${people.service.url}/v1/rooms/erased`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token({ sub: "root", can: [...ALL, "admin"] })}` },
  });
  expect(gone.ok).toBe(true);
  await expect
    .poll(() => ada.locator(".beginning").allTextContents())
    .toEqual(["This room was erased. It begins anew."]);
  await shows(ada, []);
});
