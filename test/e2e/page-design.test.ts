import { afterAll, beforeAll, expect, test } from "vitest";
import { live, openFrames, People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const frames = ".side-panel .frames";

test("[PAGE-41] the frames open from the settings, and the address keeps them open over a reload until they are closed", async () => {
  const ada = await people.person("frames here", "Ada");
  expect(await ada.locator(".room-header .frames-button").count()).toBe(0);
  await openFrames(ada);
  const open = people.address("frames here").replace("/#", "/?frames#");
  expect(ada.url()).toBe(open);
  await ada.reload();
  await live(ada);
  await ada.waitForSelector(frames);
  expect(await ada.evaluate("document.activeElement.id")).toBe("text");
  await ada.click(".side-panel > header button");
  await expect.poll(() => ada.url()).toBe(people.address("frames here"));
  await expect.poll(() => ada.evaluate("document.activeElement.className")).toContain("user-button");
});

test("[PAGE-41] a link with ?frames opens them on a phone, and the next room keeps them", async () => {
  const ada = await people.person("frames", "Ada", { viewport: { width: 390, height: 844 } });
  await ada.goto(people.address("frames").replace("/#", "/?frames#"));
  await ada.waitForSelector(frames);
  await ada.evaluate("location.hash = 'elsewhere'");
  await expect.poll(() => ada.title()).toContain("elsewhere");
  expect(await ada.locator(frames).count()).toBe(1);
  await ada.keyboard.press("Escape");
  await expect.poll(() => ada.url()).toBe(people.address("elsewhere"));
  await expect.poll(() => ada.evaluate("document.activeElement.className")).toContain("menu-button");
});

test("[PAGE-42] the first visit says what the page is, and calls the settings by that name", async () => {
  const ada = await people.person("new here", "");
  expect(await ada.textContent(".welcome .about")).toMatch(/^Dormouse is a chat [^.]+\.$/);
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await live(ada);
  await ada.getByRole("button", { name: "Settings" }).click();
  expect(await ada.textContent("dialog h2")).toBe("Settings");
});

test("[PAGE-42] an empty room offers its link, and on localhost a QR code only with an address that others reach", async () => {
  const ada = await people.person("empty here", "Ada");
  const link = ada.locator(".empty-room textarea");
  await link.waitFor();
  expect(await link.inputValue()).toBe(people.address("empty here"));
  expect(await ada.locator(".qr-code").count()).toBe(0);
  expect(await ada.textContent(".empty-room")).toContain("npm run dev:lan");
  const host = ada.locator(".empty-room input");
  await host.fill("localhost");
  expect(await host.getAttribute("aria-invalid")).toBe("true");
  await host.fill("192.168.1.20");
  await ada.waitForSelector(".empty-room .qr-code path[d]");
  expect(await link.inputValue()).toBe(`http://192.168.1.20:${people.network.port}/#empty%20here`);
  await ada.reload();
  await expect.poll(() => link.inputValue()).toContain("192.168.1.20");
  await say(ada, "no longer empty");
  await ada.waitForSelector(".empty-room", { state: "detached" });
});

test("[PAGE-43] only the newest own message has the mark that the room stored it", async () => {
  const ada = await people.person("marks", "Ada");
  const marked = ada.locator(".message:not(.pending):has(.delivery-status) .message-text");
  await say(ada, "first");
  await shows(ada, ["first"]);
  await say(ada, "second");
  await shows(ada, ["first", "second"]);
  await people.says("marks", ["third"]);
  await shows(ada, ["first", "second", "third"]);
  expect(await marked.allTextContents()).toEqual(["second"]);
});

test("[PAGE-43] the send button shows whether there is something to send", async () => {
  const ada = await people.person("send", "Ada");
  const send = ada.locator(".send-button");
  const color = () => send.evaluate((button) => getComputedStyle(button).backgroundColor);
  expect(await send.isDisabled()).toBe(true);
  const empty = await color();
  await ada.fill("#text", "  \n");
  expect(await send.isDisabled()).toBe(true);
  await ada.fill("#text", "something");
  expect(await send.isEnabled()).toBe(true);
  await expect.poll(color).not.toBe(empty);
});
