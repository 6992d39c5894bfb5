/**
 * A program for every runtime that the client runs in. Arguments: the address of the service, a room, and a module with a WebSocket for a
 * runtime that has none. It prints each message, and ends by itself after the message "end".
 */
import { type JoinOptions, joinRoom } from "../../../src/client/index.ts";

declare const process: { argv: string[] };

const [host = "", name = "", socketModule] = process.argv.slice(2);
const options: JoinOptions = { host, name: "Program", history: 10 };
if (socketModule) {
  const { WebSocket } = await import(socketModule);
  options.socket = (url, protocols) => new WebSocket(url, protocols);
}
const room = joinRoom<string>(name, options);
const { timeline } = room;
room.on("state", ({ status }) => console.log(`state ${status}`));
const refusal = await room.publish("x".repeat(300_000)).catch(({ code }) => code);
console.log(`refused ${refusal}`);
await room.publish("text");
await room.publish(new Uint8Array([1, 2, 255]));
const { messages } = await room.history({ limit: 1 });
console.log(`history ${messages[0]?.bytes}`);
console.log(`members ${[...room.members.values()].map((member) => member.name)}`);
console.log(`timeline ${timeline.getSnapshot().messages.map(({ status }) => status)}`);
for await (const { data, bytes } of room) {
  console.log(`message ${data ?? bytes}`);
  if (data === "end") break;
}
room.leave();
