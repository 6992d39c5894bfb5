import { expect } from "vitest";
import type { Capability } from "../../../src/protocol/down.ts";
import type { OperationName } from "../../../src/protocol/operations.ts";
import { type HookedRoom, withHooks } from "../../server/hooked-room.ts";

export type Member = Awaited<ReturnType<HookedRoom["join"]>>;

/** Runs `callback` with a room without hooks. @param vars settings */
export function withRoom<Result>(
  callback: (room: HookedRoom) => Result | Promise<Result>,
  vars: object = {},
): Promise<Result> {
  return withHooks({}, callback, vars);
}

type Fields = { data?: unknown; key?: string; id?: string; epoch?: string };

/** An operation as a client sends it. */
export function operation(
  op: OperationName,
  target: number,
  { id = crypto.randomUUID(), ...rest }: Fields = {},
) {
  return { type: "publish", id, op, target, ...rest };
}

/** Publishes a message. @returns its seq */
export async function said(member: Member, data: unknown, id: string = crypto.randomUUID()): Promise<number> {
  member.receive({ type: "publish", id, data });
  return (await member.message()).seq;
}

/** Sends an operation, and returns it as all members receive it. */
export async function operated(member: Member, op: OperationName, target: number, fields: Fields = {}) {
  member.receive(operation(op, target, fields));
  return await member.message();
}

/** Sends an operation that the room refuses. */
export async function refused(member: Member, op: OperationName, target: number, fields: Fields = {}) {
  const event = operation(op, target, fields);
  member.receive(event);
  const error = await member.frame("error");
  expect(error.id).toBe(event.id);
  return error;
}

export const MODERATOR: Capability[] = ["read", "publish", "moderate"];

/** Joins with a moderator's rights. */
export function joinAs(room: HookedRoom, member: string, can: Capability[]): Promise<Member> {
  return room.join(member, { grant: { member, name: member, can, guest: false } });
}

/** The history as the server sees it. */
export const historyOf = (room: HookedRoom) => room.core.owner.history({ limit: 1000 }).messages;

/** All that the SQLite file of the room holds, as text. */
export function dump({ state }: HookedRoom): string {
  const { sql } = state.storage;
  const tables = sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    )
    .toArray();
  const decoder = new TextDecoder();
  const text = (value: unknown) => (value instanceof ArrayBuffer ? decoder.decode(value) : String(value));
  return tables
    .flatMap(({ name }) =>
      sql
        .exec(`SELECT * FROM "${name}"`)
        .toArray()
        .map((row) => `${name} ${Object.values(row).map(text).join(" ")}`),
    )
    .join("\n");
}
