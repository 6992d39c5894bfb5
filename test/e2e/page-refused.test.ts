import { afterAll, beforeAll, expect, test } from "vitest";
import { SECRET, token } from "../support/forge.ts";
import { live, People, say, shows } from "../support/people.ts";

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

test("[PAGE-8] who may only read is told so, and is not offered to write", async () => {
  const ada = await people.person("library", "");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.fill("#token", token({ sub: "reader", can: ["read"] }));
  await ada.press("#token", "Enter");
  await live(ada);
  expect(await ada.isDisabled("#text")).toBe(true);
  expect(await ada.getAttribute("#text", "placeholder")).toBe("You may read here, and not write");
});

test("[PAGE-8] a name that no room has is told as such", async () => {
  const ada = await people.person("x", "");
  await ada.goto(people.address("n".repeat(129)));
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await ada.waitForSelector('#state[data-status="closed"]');
  expect(await ada.textContent(".refused")).toContain("That is no name for a room.");
});
