import { env } from "cloudflare:workers";
import { RoomHandle } from "../../../src/server/index.ts";
import { sign } from "../../auth/tokens.ts";
import { call, posted, type Sent } from "../call.ts";

export async function admin(sent: Sent = {}): Promise<Sent> {
  const token = await sign({ sub: "operator", can: ["admin"] });
  return { ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } };
}

/** The lines of an export. */
export async function exported(room: string, query = ""): Promise<Record<string, unknown>[]> {
  const answer = await call(`/v1/rooms/${room}/export${query}`, await admin());
  return linesOf(new TextDecoder().decode(await answer.arrayBuffer()));
}

export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export async function importInto(room: string, lines: readonly unknown[] | string): Promise<Response> {
  const body = typeof lines === "string" ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const headers = { "content-type": "application/x-ndjson" };
  return await call(`/v1/rooms/${room}/import`, await admin({ method: "POST", headers, body }));
}

/** Publishes as a member. @returns the seq */
export async function publish(room: string, member: string, data: unknown, id?: string): Promise<number> {
  const headers = { authorization: `Bearer ${await sign({ sub: member, name: `Name of ${member}` })}` };
  const answer = await call(`/v1/rooms/${room}/messages`, posted({ data }, id, headers));
  const { messages } = (await answer.json()) as { messages: { seq: number }[] };
  return messages[0]?.seq ?? 0;
}

/** A call on a message as a member. */
export async function operate(member: string, path: string, sent: Sent = {}): Promise<Response> {
  const headers = { ...sent.headers, authorization: `Bearer ${await sign({ sub: member })}` };
  return await call(path, { ...sent, headers });
}

/** A room, as server code reaches it. */
export function handleOf(room: string): RoomHandle {
  return new RoomHandle(room, env.ROOMS.getByName(room));
}
