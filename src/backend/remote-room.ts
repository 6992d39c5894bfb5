import type { Published } from "../protocol/api.ts";
import { DormouseError } from "../protocol/errors.ts";
import { historyMessages } from "../protocol/history-pages.ts";
import { type MessageStream, openStream } from "../protocol/message-stream.ts";
import { checkedRoomName } from "../protocol/names.ts";
import type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  RoomApi,
  SignalOptions,
  StoredMessage,
} from "../protocol/room-api.ts";
import type { Member, RoomInfo } from "../protocol/types.ts";
import type { WebhookState } from "../protocol/webhook-state.ts";
import { storedMessageOf } from "../room/hooks/stored-message.ts";
import { type HttpCall, HttpCaller } from "./http-caller.ts";
import { bytesBody, checkedSeq, jsonBody, keyed, segmentOf } from "./request-content.ts";

const MAX_ATTEMPTS = 20;
const MAX_TIMEOUT_MS = 600_000;

/**
 * - `room`: the name of the room.
 * - `token`: a token, a guest key, or a function that returns one. The function is called before each attempt. Absent for a new guest each time.
 * - `attempts`: how often a call is tried, 1 to 20; 5 if absent.
 * - `timeoutMs`: how long a call may take with all attempts, up to 10 minutes; 30 seconds if absent.
 * - `fetch`: how requests are sent, such as by a service binding; the global `fetch` if absent.
 */
export type RemoteRoomOptions = {
  room: string;
  token?: string | (() => string | Promise<string>) | undefined;
  attempts?: number | undefined;
  timeoutMs?: number | undefined;
  fetch?: ((request: Request) => Promise<Response>) | undefined;
};

/**
 * A room of a service, for a backend: publish, read and moderate over HTTP, without a socket. Calls that got no answer, 429 or a server
 * error are repeated; a message lands once all the same.
 * @param url the address of the service, with the path where it is mounted, such as `https://example.com/realtime`
 * @typeParam Message the data of a message
 * @throws DormouseError `invalid_room`, `misconfigured` @throws TypeError without a room
 * @example
 * const room = remoteRoom("https://rooms.example.com", { room: "builds", token: process.env.DORMOUSE_TOKEN });
 * const { seq } = await room.publish({ state: "passed" }, { id: `build-${number}` });
 */
export function remoteRoom<Message = unknown>(
  url: string | URL,
  options: RemoteRoomOptions,
): RemoteRoom<Message> {
  if (typeof options?.room !== "string")
    throw new TypeError('remoteRoom needs the name of a room: remoteRoom(url, { room: "lobby" }).');
  return new RemoteRoom(checkedRoomName(options.room), callerOf(url, options));
}

/** @internal @throws DormouseError `misconfigured` */
export function callerOf(
  url: string | URL,
  {
    token,
    attempts = 5,
    timeoutMs = 30_000,
    fetch: send = (request) => fetch(request),
  }: Omit<RemoteRoomOptions, "room">,
): HttpCaller {
  checkRange("attempts", attempts, MAX_ATTEMPTS);
  checkRange("timeoutMs", timeoutMs, MAX_TIMEOUT_MS);
  return new HttpCaller({ base: baseOf(url), token, attempts, timeoutMs, fetch: send });
}

/** A room of a service over HTTP. `remoteRoom` makes it. Errors are `DormouseError` with the code of the service. */
export class RemoteRoom<Message = unknown> implements RoomApi<Message> {
  readonly name: string;
  readonly #caller: HttpCaller;
  readonly #path: string;

  /** @internal */
  constructor(name: string, caller: HttpCaller) {
    this.name = name;
    this.#caller = caller;
    this.#path = `/v1/rooms/${encodeURIComponent(name)}`;
  }

  /**
   * Publishes a message: any JSON, or a `Uint8Array`. Resolves once it is stored. All attempts have the same `id`, so it is stored once.
   * `dup` is true where the id was stored before, also by an attempt of this call whose answer was lost.
   * @example await room.publish({ text: "Deployed." }, { id: `deploy-${version}` });
   */
  async publish(
    data: Message | Uint8Array,
    { id = crypto.randomUUID(), stream }: Pick<PublishOptions, "id" | "stream"> = {},
  ): Promise<PublishReceipt> {
    const [receipt] = await this.#publish(
      1,
      data instanceof Uint8Array ? bytesBody(data, id) : jsonBody({ id, data, stream }),
    );
    if (receipt === undefined) throw notDormouse();
    return receipt;
  }

  /**
   * Publishes up to 100 messages together: all or none, in their order. Over HTTP they must be JSON. An empty list does nothing.
   * @example await room.publishMany([{ data: { line: 1 } }, { data: { line: 2 }, id: "line-2" }]);
   */
  async publishMany(messages: readonly MessageToPublish<Message>[]): Promise<PublishReceipt[]> {
    if (messages.length === 0) return [];
    if (messages.some(({ data }) => data instanceof Uint8Array))
      throw new DormouseError(
        "invalid_event",
        "Over HTTP, bytes are a message of their own. Use publish for them.",
      );
    const named = messages.map(({ data, id = crypto.randomUUID(), stream }) => ({ id, data, stream }));
    return await this.#publish(named.length, jsonBody({ messages: named }));
  }

  /**
   * Replaces the data of a message of this token's member, or of any member with `moderate`.
   * @example await room.edit(seq, { state: "passed" });
   */
  edit(
    seq: number,
    data: Message,
    { id = crypto.randomUUID(), epoch }: RemoteOptions = {},
  ): Promise<PublishReceipt> {
    return this.#operate("PATCH", { seq, epoch }, "", jsonBody({ id, data }));
  }

  /** Deletes a message: its content is removed for good. It must be one of this token's member, or the token needs `moderate`. */
  delete(seq: number, { id = crypto.randomUUID(), epoch }: RemoteOptions = {}): Promise<PublishReceipt> {
    return this.#operate("DELETE", { seq, epoch }, "", keyed(id));
  }

  /** Appends to the text of a message of this token's member: to its data, or to the `text` of its data. */
  append(
    seq: number,
    text: string,
    { id = crypto.randomUUID(), end, epoch }: Pick<AppendOptions, "id" | "end" | "epoch"> = {},
  ): Promise<PublishReceipt> {
    return this.#operate("POST", { seq, epoch }, "/append", jsonBody({ id, data: text, end }));
  }

  /**
   * Publishes a message whose text follows in parts.
   * @param data a string, or an object with a `text`
   * @example
   * const answer = room.stream({ text: "" });
   * for await (const word of model) answer.append(word);
   * await answer.end();
   */
  stream(data: Message, options: Pick<PublishOptions, "id"> = {}): MessageStream {
    return openStream(this, data, options);
  }

  /** Adds a reaction of this token's member. `dup`: it was there already. @param key 1 to 64 characters, such as an emoji */
  react(
    seq: number,
    key: string,
    { id = crypto.randomUUID(), epoch }: RemoteOptions = {},
  ): Promise<PublishReceipt> {
    return this.#operate("PUT", { seq, epoch }, `/reactions/${segmentOf(key)}`, keyed(id));
  }

  /** Removes a reaction. `dup`: it was not there. */
  unreact(
    seq: number,
    key: string,
    { id = crypto.randomUUID(), epoch }: RemoteOptions = {},
  ): Promise<PublishReceipt> {
    return this.#operate("DELETE", { seq, epoch }, `/reactions/${segmentOf(key)}`, keyed(id));
  }

  /** Sends a signal: JSON that is not stored. It is not repeated where its answer is lost, because it could arrive twice. */
  async signal(data: unknown, { to, key }: Pick<SignalOptions, "to" | "key"> = {}): Promise<void> {
    await this.#call("POST", "/signals", { ...jsonBody({ data, to, key }), isRepeatable: false });
  }

  /** Reads one page of stored messages, oldest first. */
  async history({ before, after, limit }: HistoryQuery = {}): Promise<HistoryPage<Message>> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ before, after, limit }))
      if (value !== undefined) query.set(name, String(value));
    const page = (await this.#call("GET", `/messages?${query}`)) as Wire<HistoryPage<Message>>;
    if (!Array.isArray(page.messages)) throw notDormouse();
    return { ...page, messages: page.messages.map(storedMessageOf) as StoredMessage<Message>[] };
  }

  /** Reads one message in its current form. It rejects with `invalid_target` where the room has no such message. */
  async message(seq: number): Promise<StoredMessage<Message>> {
    const message = await this.#call("GET", `/messages/${checkedSeq(seq)}`);
    return storedMessageOf(message as Parameters<typeof storedMessageOf>[0]) as StoredMessage<Message>;
  }

  /**
   * Reads stored messages page by page: oldest first, or newest first with `before`. `limit` is the size of a page, 1,000 if absent.
   * @throws DormouseError `epoch_changed` where the room is erased meanwhile
   * @example for await (const { seq, data } of room.messages({ after: lastSeq })) await archive(seq, data);
   */
  messages(query: HistoryQuery = {}): AsyncGenerator<StoredMessage<Message>, void, undefined> {
    return historyMessages(this, query);
  }

  /** The members who are here. The list is null where there are more than `MEMBERS_LISTED`. */
  async members(): Promise<{ members: Member[] | null; count: number }> {
    return (await this.#call("GET", "/members")) as { members: Member[] | null; count: number };
  }

  /** The position of the log, and the number of members. */
  async info(): Promise<RoomInfo> {
    return (await this.#call("GET", "")) as RoomInfo;
  }

  /** How the deliveries of this room to the webhook go. The token needs `admin`. */
  async webhook(): Promise<WebhookState> {
    return (await this.#call("GET", "/webhook")) as WebhookState;
  }

  /** Closes the sessions of a member. The token needs `admin`. */
  kick(member: string): Promise<void> {
    return this.#remove(member, "");
  }

  /** Closes the sessions of a member and keeps it out for so many seconds; 0 ends a ban. The token needs `admin`. */
  ban(member: string, seconds: number): Promise<void> {
    return this.#remove(member, `?ban=${seconds}`);
  }

  /** Ends the ban of a member. The token needs `admin`. */
  unban(member: string): Promise<void> {
    return this.ban(member, 0);
  }

  /**
   * Removes all messages for good. The token needs `admin`. It is not repeated where its answer is lost, because a repeat would remove what
   * was published since.
   */
  async erase(): Promise<void> {
    await this.#call("DELETE", "", { isRepeatable: false });
  }

  async #publish(count: number, content: Pick<HttpCall, "headers" | "body">): Promise<PublishReceipt[]> {
    const { epoch, messages } = (await this.#call("POST", "/messages", content)) as Published;
    if (!Array.isArray(messages) || messages.length !== count) throw notDormouse();
    return messages.map((receipt) => ({ ...receipt, epoch }));
  }

  async #operate(
    method: HttpCall["method"],
    { seq, epoch }: { seq: number; epoch: string | undefined },
    path: string,
    content: Partial<Pick<HttpCall, "headers" | "body">>,
  ): Promise<PublishReceipt> {
    const query = epoch === undefined ? "" : `?epoch=${encodeURIComponent(epoch)}`;
    const target = `/messages/${checkedSeq(seq)}${path}${query}`;
    const answer = (await this.#call(method, target, content)) as Published;
    const receipt = answer.messages?.[0];
    if (receipt === undefined) throw notDormouse();
    return { ...receipt, epoch: answer.epoch };
  }

  async #remove(member: string, query: string): Promise<void> {
    if (member === "" || member === "." || member === ".." || !member.isWellFormed())
      throw new DormouseError("invalid_query", "The member id is invalid. Check it.");
    try {
      await this.#call("DELETE", `/members/${encodeURIComponent(member)}${query}`);
    } catch (error) {
      // A member who is not here needs no kick. A wrong address has the same code.
      if (!(error instanceof DormouseError && error.code === "not_found" && (await this.#isService())))
        throw error;
    }
  }

  async #isService(): Promise<boolean> {
    const health = await this.#caller.call({ method: "GET", path: "/healthz", isRepeatable: true });
    return health.status === "ok";
  }

  #call(
    method: HttpCall["method"],
    path: string,
    content: Partial<Pick<HttpCall, "headers" | "body" | "isRepeatable">> = {},
  ): Promise<Record<string, unknown>> {
    return this.#caller.call({ method, path: this.#path + path, isRepeatable: true, ...content });
  }
}

type RemoteOptions = Pick<OperationOptions, "id" | "epoch">;

/** A page as it is on the wire. */
type Wire<Page> = Omit<Page, "messages"> & { messages: Parameters<typeof storedMessageOf>[0][] };

function baseOf(url: string | URL): string {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (
    parsed === undefined ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username !== "" ||
    parsed.password !== ""
  ) {
    const why =
      "The address of the service is invalid. Use one such as https://rooms.example.com, without a user.";
    throw new DormouseError("misconfigured", why);
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, "");
}

function checkRange(what: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new DormouseError("misconfigured", `${what} is ${value}. Use a whole number from 1 to ${max}.`);
}

/** @internal */
export function notDormouse(): DormouseError {
  return new DormouseError("internal", "The answer is not one of Dormouse. Check the URL.");
}
