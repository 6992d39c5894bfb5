import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Protocol } from "../load/protocol.ts";
import type { Contender, Service } from "./contender.ts";

/** The publish of a peer without a protocol of its own. */
export const bare: Pick<Protocol, "publish"> = { publish: (id, data) => JSON.stringify({ id, data }) };

export const ws: Contender = {
  name: "ws",
  title: "Node with ws",
  depth: 16,
  start: () =>
    start("ws-server.ts", (port, room) => `ws://127.0.0.1:${port}/${room}`, {
      ...bare,
      messages: '{"id"',
      read: (text) => ({ messages: [JSON.parse(text)] }),
    }),
};

/** Engine.IO frames 4 around Socket.IO packets 2 (events): 42. */
const EVENT = '42["message",';

export const socketio: Contender = {
  name: "socketio",
  title: "Socket.IO",
  depth: 16,
  start: () =>
    start(
      "socketio-server.ts",
      (port, room) => `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket&room=${room}`,
      {
        messages: EVENT,
        handshake(text) {
          if (text.startsWith("0{")) return { isIn: false, reply: "40" };
          if (text.startsWith("40{")) return { isIn: true };
          throw new Error(`A socket got an unexpected frame: ${text}`);
        },
        own: { prefix: Buffer.from([0x81, 1, "2".charCodeAt(0)]), length: 3, answer: () => "3" },
        publish: (id, data) => `${EVENT}${bare.publish(id, data)}]`,
        read: (text) => ({ messages: [JSON.parse(text.slice(EVENT.length, -1))] }),
      },
    ),
};

async function start(
  file: string,
  address: (port: number, room: string) => string,
  protocol: Protocol,
): Promise<Service> {
  const env = { ...process.env, NODE_ENV: "production" };
  const child = fork(join(import.meta.dirname, file), { env });
  process.once("exit", () => child.kill("SIGKILL"));
  const [port]: number[] = await once(child, "message");
  if (port === undefined || child.pid === undefined) throw new Error(`${file} did not start.`);
  return {
    pid: child.pid,
    protocol,
    room: (name) => address(port, name),
    stop: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
