import { splitBinary } from "../../protocol/binary.ts";
import { parseCursor } from "../../protocol/cursor.ts";
import { PING, PONG } from "../../protocol/limits.ts";
import { type Frame, Transport } from "../connection/transport.ts";
import { Emitter } from "../emitter.ts";
import type { MemberEvents } from "../events.ts";
import type { BinaryHeader, ErrorFrame, HistoryFrame, ServerFrame, Welcome } from "../frames.ts";
import { Members } from "../members.ts";
import type { JoinOptions } from "../options.ts";
import { randomId } from "../platform.ts";
import type { FromHub, SeqRange } from "./channel.ts";
import type { FrameLog } from "./frame-log.ts";
import { historyFrames } from "./history-frames.ts";
import { Marks } from "./marks.ts";

type Peer = { query: URLSearchParams; isLive: boolean };

/** The fields of a client's event that the hub reads. */
type ClientEvent = { type: string; id?: string; mark?: string };

/**
 * The one socket of several tabs, in the tab that leads. To each of their sockets (its peers) it behaves as the server does: it welcomes
 * them, gives them what they missed, and routes each answer to the one that asked.
 */
export class Hub {
  readonly #log: FrameLog;
  readonly #createSocket: NonNullable<JoinOptions["socket"]>;
  readonly #emit: (message: FromHub) => void;
  readonly #peers = new Map<string, Peer>();
  readonly #members = new Members(new Emitter<MemberEvents>());
  readonly #marks: Marks;
  /** The peers that wait for the answer to an event, by its id. */
  readonly #askers = new Map<string, Set<string>>();
  /** The peers that wait for their first page of history, by the id of the request. */
  readonly #joins = new Map<string, string>();
  readonly #pingers = new Set<string>();
  /** The last peer that sent an event without an id: an error without an id is about that. */
  #lastAsker: string | undefined;
  #transport: Transport | undefined;
  #welcome: Welcome | undefined;
  /** The cursor that the session asked to resume from. */
  #cursor: string | undefined;

  /** @param emit sends to peers, in this tab and in the others */
  constructor(
    log: FrameLog,
    createSocket: NonNullable<JoinOptions["socket"]>,
    emit: (message: FromHub) => void,
  ) {
    this.#log = log;
    this.#createSocket = createSocket;
    this.#emit = emit;
    this.#marks = new Marks(
      (mark) => this.#send(JSON.stringify({ type: "received", seq: log.to, mark })),
      (slow) => {
        for (const id of slow) this.#goDirect(id);
      },
    );
  }

  /** Bytes in the send buffer of the socket. */
  get bufferedAmount(): number {
    return this.#transport?.bufferedAmount ?? 0;
  }

  open(id: string, url: string, protocols: string[]): void {
    if (this.#peers.has(id)) return;
    this.#peers.set(id, { query: new URL(url).searchParams, isLive: false });
    if (!this.#transport) this.#connect(new URL(url), protocols);
    else this.#letIn(id);
  }

  /** A peer is gone. */
  close(id: string, code: number | undefined): void {
    this.#forget(id);
    if (code === 1000) return;
    // It may have given up because the socket is dead.
    if (this.#welcome) this.#transport?.check();
    else this.#end(1006, "");
  }

  /** Ends the socket. The room keeps the member for a while if others of its tabs remain. */
  stop(): void {
    this.#end(1001, "", this.#peers.size > 0 ? undefined : 1000);
  }

  receive(id: string, data: Frame): void {
    if (!this.#peers.get(id)?.isLive) return;
    if (data === PING) {
      if (this.#pingers.size === 0) this.#send(PING);
      this.#pingers.add(id);
      return;
    }
    const event = (typeof data === "string" ? JSON.parse(data) : splitBinary(data).header) as ClientEvent;
    if (event.type === "received") {
      this.#marks.settle(id, event.mark);
      return;
    }
    if (event.id === undefined) this.#lastAsker = id;
    else this.#askers.set(event.id, (this.#askers.get(event.id) ?? new Set()).add(id));
    this.#send(data);
  }

  #send(data: Frame): void {
    this.#transport?.send(data);
  }

  #connect(url: URL, protocols: string[]): void {
    const { searchParams } = url;
    this.#cursor = this.#log.cursor ?? searchParams.get("cursor") ?? undefined;
    searchParams.delete("history");
    if (this.#cursor) searchParams.set("cursor", this.#cursor);
    const transport = new Transport(this.#createSocket(url.href, protocols), {
      frame: (data) => {
        if (this.#transport === transport) this.#receiveFrame(data);
      },
      disconnected: ({ code, reason }) => {
        if (this.#transport === transport) this.#end(Number(code) || 1006, reason);
      },
    });
    this.#transport = transport;
  }

  #end(code: number, reason: string, closeCode?: number): void {
    const transport = this.#transport;
    this.#transport = this.#welcome = undefined;
    transport?.close(closeCode);
    this.#marks.stop();
    this.#peers.clear();
    this.#askers.clear();
    this.#joins.clear();
    this.#pingers.clear();
    this.#emit({ type: "closed", code, reason });
  }

  #receiveFrame(data: Frame): void {
    try {
      if (data instanceof ArrayBuffer) {
        const { id, seq } = splitBinary(data).header as BinaryHeader;
        this.#askers.delete(id);
        this.#pass(data, seq, seq);
      } else if (data === PONG) {
        this.#reply(this.#pingers, data);
        this.#pingers.clear();
      } else this.#receiveEvent(JSON.parse(data), data);
    } catch {
      // A frame that does not follow the protocol is a fault of the connection.
      this.#end(1006, "");
    }
  }

  #receiveEvent(event: ServerFrame, data: string): void {
    switch (event.type) {
      case "welcome":
        this.#start(event);
        break;
      case "messages":
        for (const { id } of event.messages) this.#askers.delete(id);
        this.#pass(data, event.first, event.last ?? event.first + event.messages.length - 1);
        break;
      case "ack":
        this.#answer(event.id, data);
        break;
      case "history":
        if (this.#joins.has(event.id)) this.#joined(event.id, event);
        else this.#answer(event.id, data);
        break;
      case "error":
        this.#refused(event, data);
        break;
      case "mark":
        this.#marks.start(event.mark, this.#live());
        this.#emit({ type: "frame", data });
        break;
      case "presence":
        this.#members.apply(event);
        this.#emit({ type: "frame", data });
        break;
      default:
        this.#emit({ type: "frame", data });
    }
  }

  #live(): string[] {
    return [...this.#peers].filter(([, { isLive }]) => isLive).map(([id]) => id);
  }

  /** Passes messages on to all peers. */
  #pass(data: Frame, first: number, last: number): void {
    const wasBehind = this.#isBehind;
    const range: SeqRange = { epoch: this.#log.epoch, first, last };
    this.#emit({ type: "frame", data, range });
    if (wasBehind && !this.#isBehind) this.#letAllIn();
  }

  #reply(to: Iterable<string>, ...frames: Frame[]): void {
    const peers = [...to];
    for (const data of frames) this.#emit({ type: "frame", to: peers, data });
  }

  #answer(id: string, data: Frame): void {
    this.#reply(this.#askers.get(id) ?? [], data);
    this.#askers.delete(id);
  }

  #refused({ id = "", retryAfter }: ErrorFrame, data: string): void {
    if (!this.#joins.has(id)) {
      if (id) this.#answer(id, data);
      else this.#reply(this.#lastAsker ? [this.#lastAsker] : this.#live().slice(0, 1), data);
    } else if (retryAfter) setTimeout(() => this.#requestHistory(id), retryAfter);
    else this.#joined(id, undefined);
  }

  #start(welcome: Welcome): void {
    const cursor = parseCursor(this.#cursor);
    this.#welcome = welcome;
    this.#members.apply(welcome);
    if (!welcome.resumed) this.#log.reset(welcome.epoch, welcome.seq);
    else if (welcome.epoch !== this.#log.epoch) this.#log.reset(welcome.epoch, cursor?.seq ?? 0);
    this.#transport?.start(welcome.heartbeat);
    this.#letAllIn();
  }

  /** Whether messages from before this session are still on their way. */
  get #isBehind(): boolean {
    return this.#log.to < (this.#welcome?.seq ?? Infinity);
  }

  #letAllIn(): void {
    for (const id of [...this.#peers.keys()]) this.#letIn(id);
  }

  /** Welcomes a peer as soon as the log reaches as far as it needs. */
  #letIn(id: string): void {
    const peer = this.#peers.get(id);
    const welcome = this.#welcome;
    if (!peer || peer.isLive || !welcome || [...this.#joins.values()].includes(id)) return;
    const text = peer.query.get("cursor") ?? undefined;
    const cursor = parseCursor(text);
    const isOfLog = cursor?.epoch === welcome.epoch || cursor?.seq === 0;
    const { from, to } = this.#log;
    if (cursor && isOfLog && cursor.seq >= from && cursor.seq <= to)
      this.#greet(id, { resumed: true }, this.#log.after(cursor.seq));
    else if (cursor && isOfLog && cursor.seq < from && text !== this.#cursor) this.#goDirect(id);
    else if (!this.#isBehind) this.#requestHistory(randomId(), id);
  }

  /** Asks for the history that a fresh peer wants. */
  #requestHistory(requestId: string, id = this.#joins.get(requestId)): void {
    const limit = Math.min(1000, Number(id && this.#peers.get(id)?.query.get("history")));
    if (id === undefined) return;
    this.#joins.set(requestId, id);
    if (limit && this.#welcome?.can.includes("read"))
      this.#send(JSON.stringify({ type: "history", id: requestId, limit }));
    else this.#joined(requestId, undefined);
  }

  #joined(requestId: string, page: HistoryFrame | undefined): void {
    const id = this.#joins.get(requestId);
    this.#joins.delete(requestId);
    const peer = id === undefined ? undefined : this.#peers.get(id);
    if (id === undefined || !peer) return;
    const text = peer.query.get("cursor") ?? undefined;
    const isOfLog = parseCursor(text)?.epoch === this.#log.epoch;
    const own = text === this.#cursor ? this.#welcome?.reason : undefined;
    const reason = text ? (own ?? (isOfLog ? ("ahead" as const) : ("epoch" as const))) : undefined;
    this.#greet(id, { resumed: false, reason }, historyFrames(page?.messages ?? [], this.#log.to));
  }

  #greet(id: string, resumption: Pick<Welcome, "resumed" | "reason">, frames: Frame[]): void {
    const peer = this.#peers.get(id);
    const { reason: _, ...welcome } = this.#welcome as Welcome;
    const { listed, count, self } = this.#members;
    if (peer) peer.isLive = true;
    const own: Welcome = {
      ...welcome,
      ...resumption,
      name: self?.name ?? welcome.name,
      seq: Math.max(welcome.seq, this.#log.to),
      members: listed ? [...this.#members.values()] : null,
      count,
    };
    this.#reply([id], JSON.stringify(own), ...frames);
  }

  #goDirect(id: string): void {
    this.#forget(id);
    this.#emit({ type: "direct", to: [id] });
  }

  #forget(id: string): void {
    this.#peers.delete(id);
    this.#marks.settle(id);
    this.#pingers.delete(id);
  }
}
