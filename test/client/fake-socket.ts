import { afterEach, vi } from "vitest";
import type { FrameMessage } from "../../src/client/frames.ts";
import { type JoinOptions, joinRoom, type Room, type SocketLike } from "../../src/client/index.ts";
import { waitFor } from "../support/wait-for.ts";
import { welcomeWith } from "./welcome.ts";

type WelcomeFields = Parameters<typeof welcomeWith>[0];

/** A socket whose other end is the test. */
export class FakeSocket implements SocketLike {
  binaryType = "";
  bufferedAmount = 0;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly sent: string[] = [];
  closed: number | undefined;

  send(data: string | ArrayBuffer): void {
    this.sent.push(String(data));
  }

  close(code = 1000): void {
    this.closed ??= code;
  }

  receive(frame: string | object): void {
    const data = typeof frame === "string" ? frame : JSON.stringify(frame);
    this.onmessage?.({ data } as never);
  }

  welcome(fields: WelcomeFields = {}): void {
    this.receive(welcomeWith(fields));
  }

  /** Sends messages with these data, from `first` on. */
  messages(first: number, ...datas: unknown[]): void {
    this.log(first, ...datas.map((data, i) => ({ id: `${first + i}`, data })));
  }

  /** Sends messages with these fields, from `first` on. */
  log(first: number, ...fields: Partial<FrameMessage>[]): void {
    const messages = fields.map((message, i) => ({ id: `${first + i}`, from: "m", name: "n", ...message }));
    this.receive({ type: "messages", first, at: 1, messages });
  }

  /** The network ends the connection. */
  lose(code = 1006): void {
    this.onclose?.({ code, reason: "" } as never);
  }

  /** Everything that the client sent except pings. */
  get events(): { type: string; id: string; seq?: number; mark?: string }[] {
    return this.sent.filter((frame) => frame !== "ping").map((frame) => JSON.parse(frame));
  }

  eventsOf(type: string): { type: string; id: string }[] {
    return this.events.filter((event) => event.type === type);
  }
}

const rooms: Room[] = [];

afterEach(() => {
  for (const room of rooms.splice(0)) room.leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Joins a room over fake sockets, and leaves it after the test. `last()` is the socket that was created last. */
export function joinFake(options: JoinOptions = {}) {
  const sockets: FakeSocket[] = [];
  const urls: string[] = [];
  const socket = (url: string) => {
    urls.push(url);
    const created = new FakeSocket();
    sockets.push(created);
    return created;
  };
  const room = joinRoom("lobby", { host: "localhost", cursor: null, socket, ...options });
  rooms.push(room);
  const last = () => sockets.at(-1) ?? new FakeSocket();
  /** Waits until a socket is there, and welcomes the client. */
  const welcome = async (fields: WelcomeFields = {}) => {
    await waitFor(() => {
      if (last().onmessage === null) throw new Error("No socket yet.");
    });
    last().welcome(fields);
    return last();
  };
  return { room, sockets, urls, last, welcome };
}

/** Runs what is due now under fake timers. */
export const turns = () => vi.advanceTimersByTimeAsync(0);
