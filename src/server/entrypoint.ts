import { WorkerEntrypoint } from "cloudflare:workers";
import type { HistoryQuery, MessageToPublish, PublishOptions, SignalOptions } from "../room/room-owner.ts";
import type { RoomHandle } from "./room-handle.ts";

/**
 * The class whose methods other Workers of the account call by a service binding, without HTTP and without a token.
 * @example
 * // Here: export class Realtime extends dormouse.Entrypoint {}
 * // In another Worker, with a service binding REALTIME to the entrypoint Realtime:
 * await env.REALTIME.publish("lobby", { text: "Deployed." }, { id: `deploy-${version}` });
 */
export class DormouseEntrypoint<Env = unknown> extends WorkerEntrypoint<Env> {
  /** @internal Finds a room of the deployment that the class belongs to. Static members cannot be called from outside. */
  static roomOf: (env: never, name: string) => RoomHandle;

  #room(name: string): RoomHandle {
    return (this.constructor as typeof DormouseEntrypoint).roomOf(this.env as never, name);
  }

  publish(room: string, data: unknown, options?: PublishOptions) {
    return this.#room(room).publish(data, options);
  }

  publishMany(
    room: string,
    messages: readonly MessageToPublish<unknown>[],
    options?: Omit<PublishOptions, "id">,
  ) {
    return this.#room(room).publishMany(messages, options);
  }

  signal(room: string, data: unknown, options?: SignalOptions) {
    return this.#room(room).signal(data, options);
  }

  history(room: string, query?: HistoryQuery) {
    return this.#room(room).history(query);
  }

  members(room: string) {
    return this.#room(room).members();
  }

  info(room: string) {
    return this.#room(room).info();
  }

  kick(room: string, member: string) {
    return this.#room(room).kick(member);
  }

  ban(room: string, member: string, seconds: number) {
    return this.#room(room).ban(member, seconds);
  }

  unban(room: string, member: string) {
    return this.#room(room).unban(member);
  }

  erase(room: string) {
    return this.#room(room).erase();
  }

  schedule(room: string, when: Date | number, payload?: unknown) {
    return this.#room(room).schedule(when, payload);
  }

  cancelSchedule(room: string, id: number) {
    return this.#room(room).cancelSchedule(id);
  }
}
