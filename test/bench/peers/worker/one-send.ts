import { DurableObject } from "cloudflare:workers";

type PeerEnv = { ROOMS: DurableObjectNamespace<OneSend> };

/** A room as in Cloudflare's examples: hibernatable WebSockets, and per message one row and one send to each socket. */
export class OneSend extends DurableObject<PeerEnv> {
  readonly #members = new Map<WebSocket, string>();
  #seq: number;

  constructor(ctx: DurableObjectState, env: PeerEnv) {
    super(ctx, env);
    for (const socket of ctx.getWebSockets()) this.#members.set(socket, socket.deserializeAttachment());
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, at INTEGER, id TEXT, sender TEXT, data TEXT)",
    );
    const { seq } = ctx.storage.sql.exec("SELECT coalesce(max(seq), 0) AS seq FROM messages").one();
    this.#seq = Number(seq);
  }

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    const member = crypto.randomUUID();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(member);
    this.#members.set(server, member);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    if (typeof frame !== "string") return;
    const { id, data }: { id: string; data: string } = JSON.parse(frame);
    const seq = ++this.#seq;
    const at = Date.now();
    const from = this.#members.get(socket) ?? "";
    this.ctx.storage.sql.exec(
      "INSERT INTO messages (seq, at, id, sender, data) VALUES (?, ?, ?, ?, ?)",
      seq,
      at,
      id,
      from,
      JSON.stringify(data),
    );
    const text = JSON.stringify({ seq, at, id, from, data });
    for (const each of this.#members.keys()) each.send(text);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#members.delete(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#members.delete(socket);
  }
}

export default {
  fetch: (request: Request, env: PeerEnv): Promise<Response> =>
    env.ROOMS.getByName(new URL(request.url).pathname).fetch(request),
};
