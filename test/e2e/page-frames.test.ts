import { afterAll, beforeAll, expect, test } from "vitest";
import { openFrames, People, say } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

test("[PAGE-4] the frames panel shows sent and received frames, the bits of their headers, and what the browser hides", async () => {
  const ada = await people.person("frames", "Ada");
  await openFrames(ada);
  await say(ada, "shown in the panel");
  const sent = ada.locator(".frame.sent.text", { hasText: "shown in the panel" });
  await sent.locator("summary").click();
  await sent.locator(".bits").waitFor();
  const bits = await sent.locator(".bits code").allTextContents();
  expect(bits.slice(0, 6)).toEqual(["1", "0", "0", "0", "0001", "1"]);
  const payload = (await sent.locator("pre").textContent()) ?? "";
  expect(JSON.parse(payload)).toMatchObject({ type: "publish", data: { text: "shown in the panel" } });
  expect(Number.parseInt(bits[6] ?? "", 2)).toBe(Buffer.byteLength(payload));
  expect(bits[7]).toBe("???????? ???????? ???????? ????????");
  const received = ada.locator(".frame.received.text", { hasText: "shown in the panel" });
  await received.locator("summary").click();
  await received.locator(".bits").waitFor();
  expect((await received.locator(".bits code").allTextContents()).slice(4, 6)).toEqual(["0001", "0"]);
  await ada.setInputFiles("input[type=file]", {
    name: "a",
    mimeType: "text/plain",
    buffer: Buffer.alloc(500),
  });
  const binary = ada.locator(".frame.sent.binary");
  await binary.locator("summary").click();
  await binary.locator(".bits").waitFor();
  expect((await binary.locator(".bits code").allTextContents()).slice(4, 7)).toEqual([
    "0010",
    "1",
    "1111110",
  ]);
  expect(await ada.locator(".frame.open").textContent()).not.toContain(
    await ada.evaluate(() => localStorage.getItem("dormouse.guest") ?? ""),
  );
  await ada.evaluate("dispatchEvent(new Event('online'))");
  await ada.waitForSelector(".frame.sent.heartbeat");
  await ada.waitForSelector(".frame.received.heartbeat");
  for (const leg of people.network.legs) leg.cut();
  await ada.waitForSelector(".frame.lost");
  expect(await ada.textContent(".frames")).toContain("Masking keys");
  expect(await ada.locator(".opcodes tbody tr").count()).toBe(8);
});
