import type { LateSocket } from "../connection/late-socket.ts";
import type { Frame } from "../connection/transport.ts";
import { LINGER_MS, TAB_PING_MS, UNANSWERED_PINGS } from "../limits.ts";
import type { JoinOptions } from "../options.ts";
import { type Channel, clearTimer, platform, randomId, type TabFeatures, type Timer } from "../platform.ts";
import type { FromHub, FromLeader, ToLeader } from "./channel.ts";
import { FrameLog } from "./frame-log.ts";
import { Hub } from "./hub.ts";

type TabSocket = { socket: LateSocket; url: string; protocols: string[]; isLive: boolean };

/**
 * One page among those that share a socket. The page that holds a Web Lock leads: it has the hub. The lock passes on when that page closes or
 * crashes; the others take it away when it stops answering.
 */
export class Tab {
  readonly #key: string;
  readonly #createSocket: NonNullable<JoinOptions["socket"]>;
  readonly #ended: () => void;
  readonly #id = randomId();
  readonly #log = new FrameLog();
  readonly #locks: TabFeatures["locks"];
  readonly #channel: Channel;
  readonly #stop = new AbortController();
  readonly #sockets = new Map<string, TabSocket>();
  /** The sockets of other tabs, while this one leads. */
  readonly #others = new Set<string>();
  #nextSocket = 0;
  #hub: Hub | undefined;
  #leader: string | undefined;
  /** Withdraws the request for the lock, or releases the lock. */
  #release: (() => void) | undefined;
  #unanswered = 0;
  /** How many of the next sockets connect on their own. */
  #direct = 0;
  readonly #pinging: Timer;
  #lingering: Timer | undefined;

  /**
   * @param key the name of the lock and of the channel
   * @param ended is called when the page shares the socket no longer
   */
  constructor(
    key: string,
    createSocket: NonNullable<JoinOptions["socket"]>,
    { locks, BroadcastChannel }: TabFeatures,
    ended: () => void,
  ) {
    this.#key = key;
    this.#createSocket = createSocket;
    this.#ended = ended;
    this.#locks = locks;
    this.#channel = new BroadcastChannel(key);
    this.#channel.onmessage = ({ data }: { data: ToLeader | FromLeader }) => {
      if ("leader" in data) this.#receive(data);
      else this.#lead(data);
    };
    this.#pinging = setInterval(() => this.#ping(), TAB_PING_MS);
    // A page that is frozen or left holds up no other.
    const end = () => this.end();
    platform.addEventListener?.("pagehide", end, this.#stop);
    platform.document?.addEventListener("freeze", end, this.#stop);
    this.#request(false);
  }

  /** Opens a socket through the leader. */
  open(socket: LateSocket, url: string, protocols: string[]): void {
    const id = `${this.#id}.${this.#nextSocket++}`;
    const tab = this;
    if (this.#direct > 0) {
      this.#direct--;
      this.#connectDirectly({ socket, url, protocols });
      return;
    }
    clearTimer(this.#lingering);
    this.#sockets.set(id, { socket, url, protocols, isLive: false });
    socket.attach({
      get bufferedAmount() {
        return tab.#hub?.bufferedAmount ?? 0;
      },
      send: (data: Frame) => this.#tell({ type: "send", from: id, data }),
      close: (code) => this.#close(id, code),
    });
    this.#tell({ type: "open", from: id, url, protocols });
  }

  /** Stops sharing. The sockets of this page reconnect if it goes on. */
  end(): void {
    this.#stop.abort();
    this.#resign();
    this.#closeSockets(() => true);
    this.#release?.();
    clearInterval(this.#pinging as never);
    clearTimer(this.#lingering);
    this.#channel.close();
    this.#ended();
  }

  #close(id: string, code: number | undefined): void {
    if (!this.#sockets.delete(id)) return;
    this.#tell({ type: "close", from: id, code });
    if (this.#sockets.size === 0 && code === 1000) this.end();
    else this.#linger();
  }

  /** Ends after a while without sockets. One that was given up is soon followed by another. */
  #linger(): void {
    clearTimer(this.#lingering);
    if (this.#sockets.size > 0 || this.#stop.signal.aborted) return;
    this.#lingering = setTimeout(() => this.end(), LINGER_MS);
  }

  /** Requests the lock, or takes it from a leader that does not answer. */
  #request(steal: boolean): void {
    const request = new AbortController();
    this.#release?.();
    this.#release = () => request.abort();
    const hold = () =>
      new Promise<void>((release) => {
        this.#release = release;
        if (this.#stop.signal.aborted) release();
        else this.#becomeLeader();
      });
    const options = steal ? { steal } : { signal: request.signal };
    this.#locks.request(this.#key, options, hold).catch(() => {
      // Another tab took the lock. (A request that was withdrawn ends here, too, and then there is nothing to give up.)
      if (!this.#hub || this.#stop.signal.aborted) return;
      this.#resign();
      this.#release = undefined;
      this.#request(false);
    });
  }

  #becomeLeader(): void {
    this.#hub = new Hub(this.#log, this.#createSocket, (message) => this.#emit(message));
    this.#channel.postMessage({ type: "lead", leader: this.#id } satisfies FromLeader);
    this.#follow(this.#id, true);
  }

  #resign(): void {
    const hub = this.#hub;
    hub?.stop();
    this.#hub = undefined;
    this.#leader = undefined;
    this.#others.clear();
  }

  /** Goes on with another leader: sockets that the last one has welcomed reconnect, and the others ask this one. */
  #follow(leader: string, isNew: boolean): void {
    const isFirst = this.#leader === undefined && !isNew;
    this.#leader = leader;
    // It has answered, so it has received, or will receive, what this tab has sent.
    if (isFirst) return;
    this.#closeSockets(({ isLive }) => isLive);
    for (const [from, { url, protocols }] of this.#sockets)
      this.#tell({ type: "open", from, url, protocols });
  }

  #closeSockets(which: (socket: TabSocket) => boolean): void {
    for (const [id, one] of [...this.#sockets]) {
      if (!which(one)) continue;
      this.#drop(id);
      one.socket.end(1001, "");
    }
  }

  /** Removes a socket that is gone for the leader as well, or soon will be. */
  #drop(id: string): void {
    this.#sockets.delete(id);
    // An earlier message may have opened it again.
    if (!this.#hub) this.#tell({ type: "close", from: id, code: 1000 });
    this.#linger();
  }

  #connectDirectly({ socket, url, protocols }: Pick<TabSocket, "socket" | "url" | "protocols">): void {
    socket.become(this.#createSocket(url, protocols));
    this.#linger();
  }

  #tell(message: ToLeader): void {
    if (this.#hub) this.#lead(message);
    else this.#channel.postMessage(message);
  }

  /** Handles a message to the leader, if this is the one. */
  #lead(message: ToLeader): void {
    const hub = this.#hub;
    const { from } = message;
    if (!hub) return;
    if (message.type === "ping")
      this.#channel.postMessage({ type: "pong", leader: this.#id } satisfies FromLeader);
    else if (message.type === "send") hub.receive(from, message.data);
    else if (message.type === "close") {
      this.#others.delete(from);
      hub.close(from, message.code);
    } else {
      if (!this.#sockets.has(from)) this.#others.add(from);
      this.#channel.postMessage({ type: "pong", leader: this.#id } satisfies FromLeader);
      hub.open(from, message.url, message.protocols);
    }
  }

  #emit(message: FromHub): void {
    const all: FromLeader = { ...message, leader: this.#id };
    const isForOthers = message.to ? message.to.some((id) => this.#others.has(id)) : this.#others.size > 0;
    if (isForOthers) this.#channel.postMessage(all);
    if (message.type === "closed") this.#others.clear();
    this.#receive(all);
  }

  #receive(message: FromLeader): void {
    const { leader, type } = message;
    if (type === "lead" || type === "pong") {
      if (leader !== this.#leader && !this.#hub) this.#follow(leader, type === "lead");
    } else if (leader !== this.#leader) return;
    this.#unanswered = 0;
    if (message.type === "frame" && message.range) this.#log.add(message.range, message.data);
    const ids = message.to ?? [...this.#sockets.keys()];
    for (const id of ids) this.#deliver(id, message);
  }

  #deliver(id: string, message: FromLeader): void {
    const one = this.#sockets.get(id);
    if (!one) return;
    if (message.type === "frame") {
      // The first frame for a socket alone is its welcome.
      one.isLive ||= !!message.to;
      if (one.isLive) one.socket.receive(message.data);
    } else if (message.type === "closed" || message.type === "direct") {
      this.#drop(id);
      if (message.type === "closed") one.socket.end(message.code, message.reason);
      else if (one.isLive) {
        this.#direct++;
        one.socket.end(1001, "");
      } else this.#connectDirectly(one);
    }
  }

  #ping(): void {
    if (this.#hub || this.#sockets.size === 0) return;
    if (this.#unanswered >= UNANSWERED_PINGS) {
      this.#unanswered = 0;
      this.#request(true);
    } else {
      this.#unanswered++;
      this.#tell({ type: "ping", from: this.#id });
    }
  }
}
