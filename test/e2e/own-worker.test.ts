import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { type Project, projectWith } from "../support/packed-package.ts";
import { TestSocket } from "../support/socket.ts";
import type { Dev } from "../support/wrangler-dev.ts";

let project: Project;
let dev: Dev;
beforeAll(async () => {
  project = await projectWith("docs/examples/own-worker");
  dev = await project.dev("/");
}, 120_000);
afterAll(async () => {
  await dev?.stop();
  await project?.remove();
});

const address = (room: string, rest = "") => `${dev.url}/realtime/v1/rooms/${room}${rest}`;

async function join(room: string, user: string, query = ""): Promise<TestSocket> {
  const url = `${address(room).replace("http", "ws")}?user=${user}${query}`;
  const socket = await TestSocket.open(url, SUBPROTOCOL);
  await socket.until("welcome");
  return socket;
}

const publish = (socket: TestSocket, id: string, text: string) =>
  socket.send({ type: "publish", id, data: { text } });

describe("the example of rooms in a Worker of one's own, from the packed package", () => {
  test("[API-31] compiles with strict types", async () => {
    await project.typeCheck();
  });

  test("[API-31] [HOOK-20] checks and changes what two clients say, and counts it", async () => {
    const room = `hooks-${crypto.randomUUID()}`;
    const [ada, bob] = [await join(room, "ada"), await join(room, "bob")];
    publish(ada, "a", "  hello  ");
    for (const each of [ada, bob])
      expect(await each.until("messages")).toMatchObject({
        first: 1,
        messages: [{ from: "ada", data: { text: "hello" } }],
      });
    publish(ada, "b", "buy spam");
    expect(await ada.until("error")).toMatchObject({
      code: "forbidden",
      message: "No spam, please.",
      id: "b",
    });
    publish(bob, "c", "hi");
    expect(await ada.until("messages")).toMatchObject({ first: 2, messages: [{ from: "bob" }] });
    const words = await fetch(address(room, "/custom/words?user=ada"));
    expect(await words.json()).toEqual([
      { member: "ada", said: 1 },
      { member: "bob", said: 1 },
    ]);
  });

  test("[API-31] [HOOK-23] has a bot that answers", async () => {
    const ada = await join(`bot-${crypto.randomUUID()}`, "ada");
    publish(ada, "a", "!time");
    expect(await ada.until("messages")).toMatchObject({ first: 1 });
    expect(await ada.until("messages")).toMatchObject({
      first: 2,
      messages: [
        { id: "time-1", from: "bot", name: "Bot", data: { text: expect.stringMatching(/^\d{4}-/) } },
      ],
    });
  });

  test("[API-31] publishes to a room from a route of the app, once however often it is called", async () => {
    const id = crypto.randomUUID();
    const ada = await join(`order-${id}`, "ada");
    for (let i = 0; i < 2; i++) {
      const response = await fetch(`${dev.url}/orders/${id}/ship`, { method: "POST" });
      expect(response.status).toBe(204);
    }
    expect(await ada.until("messages")).toMatchObject({
      first: 1,
      messages: [{ id: `ship-${id}`, data: { state: "shipped" } }],
    });
    const page = await fetch(address(`order-${id}`, "/messages?user=ada"));
    expect(await page.json()).toMatchObject({ messages: [{ seq: 1 }], more: false });
  });

  test("[API-31] [ACC-24] signs clients in by the app's own way, and refuses the rest over a socket and over HTTP", async () => {
    expect((await fetch(address("lobby"))).status).toBe(401);
    expect((await fetch(address("lobby", "?user=ada"))).status).toBe(200);
    expect((await fetch(address("lobby", "/members/bob?user=ada"), { method: "DELETE" })).status).toBe(403);
    await expect(join("staff-room", "ada")).rejects.toThrow("403");
    for (const rest of ["", "/messages", "/events", "/members", "/custom/words"]) {
      const refused = await fetch(address("staff-room", `${rest}?user=ada`));
      expect([refused.status, (await refused.json()).detail]).toEqual([403, "Staff only."]);
    }
    await join("staff-room", "boss");
    expect((await fetch(address("staff-room", "/messages?user=boss"))).status).toBe(200);
  });

  test("[API-31] [HOOK-22] refuses one socket too many of a member", async () => {
    const room = `tabs-${crypto.randomUUID()}`;
    for (let i = 0; i < 5; i++) await join(room, "ada");
    await expect(join(room, "ada")).rejects.toThrow("403");
    await join(room, "bob");
  });

  test("[API-31] leaves the rest of the app alone", async () => {
    expect(await (await fetch(`${dev.url}/`)).text()).toBe("The rest of the app.");
    expect((await fetch(`${dev.url}/v1/rooms/lobby`)).status).toBe(404);
    const unknown = await fetch(`${dev.url}/realtime/v1/nothing?user=ada`);
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, "not_found"]);
  });
});
