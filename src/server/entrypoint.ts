import { WorkerEntrypoint } from "cloudflare:workers";
import type { HistoryQuery, PublishOptions, SignalOptions } from "../room/owner-calls.ts";
import type { MessageToPublish, RoomHandle } from "./room-handle.ts";

/**
 * The class whose methods other Workers of the account call by a service binding, without HTTP and without a token.
 * @example
 * // Here: export class Realtime extends dormouse.Entrypoint {}
 * // In another Worker, with a service binding REALTIME to the entrypoint Realtime:
 * await env.REALTIME.publish("lobby", { text: "Deployed." }, { id: `deploy-${version}` });
 */
export function createEntrypoint<Env>(roomOf: (env: Env, name: string) => RoomHandle) {
  return class DormouseEntrypoint extends WorkerEntrypoint<Env> {
    publish(room: string, data: unknown, options?: PublishOptions) {
      return roomOf(this.env, room).publish(data, options);
    }

    publishMany(
      room: string,
      messages: readonly MessageToPublish<unknown>[],
      options?: Omit<PublishOptions, "id">,
    ) {
      return roomOf(this.env, room).publishMany(messages, options);
    }

    signal(room: string, data: unknown, options?: SignalOptions) {
      return roomOf(this.env, room).signal(data, options);
    }

    history(room: string, query?: HistoryQuery) {
      return roomOf(this.env, room).history(query);
    }

    members(room: string) {
      return roomOf(this.env, room).members();
    }

    info(room: string) {
      return roomOf(this.env, room).info();
    }

    kick(room: string, member: string) {
      return roomOf(this.env, room).kick(member);
    }

    ban(room: string, member: string, seconds: number) {
      return roomOf(this.env, room).ban(member, seconds);
    }

    erase(room: string) {
      return roomOf(this.env, room).erase();
    }

    schedule(room: string, when: Date | number, payload?: unknown) {
      return roomOf(this.env, room).schedule(when, payload);
    }

    cancelSchedule(room: string, id: number) {
      return roomOf(this.env, room).cancelSchedule(id);
    }
  };
}
