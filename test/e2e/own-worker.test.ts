import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import type * as Client from "../../src/client/index.ts";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { type Project, projectWith } from "../support/packed-package.ts";
import { TestSocket } from "../support/socket.ts";
import type { Dev } from "../support/wrangler-dev.ts";

let project: Project;
let dev: Dev;
const tokens = new Map<string, string>();
beforeAll(async () => {
  project = await projectWith("docs/examples/own-worker");
  dev = await project.dev("/");
  for (const user of ["ada", "bob", "boss"]) {
    const body = JSON.stringify({ user });
    const answer = await fetch(`${dev.url}/login`, { method: "POST", body });
    tokens.set(user, (await answer.json()).token);
  }
}, 120_000);
afterAll(async () => {
  await dev?.stop();
  await project?.remove();
});

const address = (room: string, rest = "") => `${dev.url}/realtime/v1/rooms/${room}${rest}`;

const as = (user: string) => ({ headers: { authorization: `Bearer ${tokens.get(user)}` } });

async function enter(room: string, user: string): Promise<TestSocket> {
  const offer = [SUBPROTOCOL, `bearer.${tokens.get(user)}`];
  const socket = await TestSocket.open(address(room).replace("http", "ws"), offer);
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
    const [ada, bob] = [await enter(room, "ada"), await enter(room, "bob")];
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
    const words = await fetch(address(room, "/custom/words"), as("ada"));
    expect(await words.json()).toEqual([
      { member: "ada", said: 1 },
      { member: "bob", said: 1 },
    ]);
  });

  test("[API-31] [HOOK-23] has a bot that answers", async () => {
    const ada = await enter(`bot-${crypto.randomUUID()}`, "ada");
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
    const ada = await enter(`order-${id}`, "ada");
    for (let i = 0; i < 2; i++) {
      const response = await fetch(`${dev.url}/orders/${id}/ship`, { method: "POST" });
      expect(response.status).toBe(204);
    }
    expect(await ada.until("messages")).toMatchObject({
      first: 1,
      messages: [{ id: `ship-${id}`, data: { state: "shipped" } }],
    });
    const page = await fetch(address(`order-${id}`, "/messages"), as("ada"));
    expect(await page.json()).toMatchObject({ messages: [{ seq: 1 }], more: false });
  });

  test("[API-31] [ACC-24] signs clients in by the app's own way, and refuses the rest over a socket and over HTTP", async () => {
    expect((await fetch(address("lobby"))).status).toBe(401);
    expect((await fetch(address("lobby"), as("ada"))).status).toBe(200);
    expect((await fetch(address("lobby", "/members/bob"), { ...as("ada"), method: "DELETE" })).status).toBe(
      403,
    );
    await expect(enter("staff-room", "ada")).rejects.toThrow("403");
    for (const rest of ["", "/messages", "/events", "/members", "/custom/words"]) {
      const refused = await fetch(address("staff-room", rest), as("ada"));
      expect([refused.status, (await refused.json()).detail]).toEqual([403, "Staff only."]);
    }
    await enter("staff-room", "boss");
    expect((await fetch(address("staff-room", "/messages"), as("boss"))).status).toBe(200);
  });

  test("[API-31] lets the client of the package in by the token that it was given", async () => {
    const client = join(project.folder, "node_modules/dormouse-rooms/dist/package/client.js");
    const { joinRoom }: typeof Client = await import(/* @vite-ignore */ pathToFileURL(client).href);
    const socket = (url: string, protocols: string[]) => new WebSocket(url, protocols) as never;
    const options = { host: dev.url, basePath: "/realtime", socket };
    const room = joinRoom("talk", { ...options, token: () => tokens.get("ada") ?? "" });
    await room.publish({ text: " hello " });
    const guest = joinRoom("talk", options);
    await expect.poll(() => guest.state).toMatchObject({ status: "closed", code: "invalid_token" });
    room.leave();
    guest.leave();
    const page = await fetch(address("talk", "/messages"), as("ada"));
    expect(await page.json()).toMatchObject({ messages: [{ from: "ada", data: { text: "hello" } }] });
  });

  test("[API-31] refuses a message that is not of its type with a sentence, and goes on", async () => {
    const ada = await enter(`types-${crypto.randomUUID()}`, "ada");
    for (const data of ["text", 5, null, { text: 5 }, []]) {
      ada.send({ type: "publish", id: "odd", data });
      expect(await ada.until("error")).toMatchObject({ code: "invalid_event", id: "odd" });
    }
    publish(ada, "a", "hi");
    expect(await ada.until("messages")).toMatchObject({ first: 1 });
  });

  test("[API-31] [HOOK-22] refuses one socket too many of a member", async () => {
    const room = `tabs-${crypto.randomUUID()}`;
    for (let i = 0; i < 5; i++) await enter(room, "ada");
    await expect(enter(room, "ada")).rejects.toThrow("403");
    await enter(room, "bob");
  });

  test("[API-31] leaves the rest of the app alone", async () => {
    expect(await (await fetch(`${dev.url}/`)).text()).toBe("The rest of the app.");
    expect((await fetch(`${dev.url}/v1/rooms/lobby`)).status).toBe(404);
    const unknown = await fetch(`${dev.url}/realtime/v1/nothing`);
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, "not_found"]);
  });
});
