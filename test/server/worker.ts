import { DurableObject } from "cloudflare:workers";
import { type Author, dormouseRoom, Room as ListedRoom } from "../../src/server/index.ts";
import { hooksByRoom } from "./hooks-by-room.ts";

/** The service, which most tests are about. */
export { Directory, default } from "../../src/worker.ts";
/** A room that reports to the directory. */
export { ListedRoom };

const withoutDirectory = new WeakMap<Env, Env>();

function silent(env: Env): Env {
  const { DIRECTORY: _, ...rest } = env;
  const made = withoutDirectory.get(env) ?? (rest as Env);
  withoutDirectory.set(env, made);
  return made;
}

/** A room as most tests have it: its only alarms are those that they are about. */
export class Room extends ListedRoom<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, silent(env));
  }
}

/** Room classes of a Worker of one's own, each with its binding. */
export class OwnRoom extends Room {}
export class OtherRoom extends Room {}

/** A room with the hooks that a test has set for its name. */
export class HookedRoom extends DurableObject<Env> {
  readonly room = dormouseRoom(this.ctx, silent(this.env), hooksByRoom.get(this.ctx.id.name ?? ""));

  override fetch(request: Request) {
    return this.room.fetch(request);
  }
  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer) {
    this.room.webSocketMessage(socket, frame);
  }
  override webSocketClose(socket: WebSocket, code: number, reason: string) {
    this.room.webSocketClose(socket, code, reason);
  }
  dormouseCall(name: string, args: unknown[]) {
    return this.room.dormouseCall(name, args);
  }
}

/** A Durable Object class that has a room, as the documentation of `dormouseRoom` shows it, and a method of its own. */
export class ComposedRoom extends DurableObject<Env> {
  readonly room = dormouseRoom(this.ctx, silent(this.env), {
    onPublish: (draft, author) => ({
      ...draft,
      data: { given: draft.data, claims: author.claims, isAdmin: author.can("admin") },
    }),
    onRequest: (request, author) => describeRequest(request, author, this.ctx.id.name),
  });

  override fetch(request: Request) {
    return this.room.fetch(request);
  }
  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer) {
    this.room.webSocketMessage(socket, frame);
  }
  override webSocketClose(socket: WebSocket, code: number, reason: string) {
    this.room.webSocketClose(socket, code, reason);
  }
  override webSocketError(socket: WebSocket) {
    this.room.webSocketError(socket);
  }
  override alarm() {
    this.room.alarm();
  }
  dormouseCall(name: string, args: unknown[]) {
    return this.room.dormouseCall(name, args);
  }

  count() {
    return this.room.owner.info().count;
  }
  async announce(text: string) {
    return (await this.room.owner.publish({ text })).seq;
  }
}

/** The parts of a request that a hook sees. */
async function describeRequest(request: Request, author: Author, room?: string): Promise<Response> {
  const { method, url, cf } = request;
  const { member, name, claims } = author;
  const headers = Object.fromEntries(request.headers);
  const body = await request.text();
  return Response.json({ method, url, cf, headers, body, author: { member, name, claims }, room });
}
