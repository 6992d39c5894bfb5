import { setTimeout as sleep } from "node:timers/promises";
import type { Data, LogOperation, Outcome } from "./records.ts";

/** How long one try may take, and the wait between two. */
const TRY_MS = 8000;
const RETRY_MS = 150;

export type Request = Pick<LogOperation, "id" | "op" | "target" | "key" | "data">;

/** Sends an operation over HTTP, again and again with the same key, until the service has answered. */
export async function operateOverHttp(
  host: string,
  room: string,
  token: string,
  request: Request,
  isOver: () => boolean,
  onFailed: (why: string) => void,
): Promise<Outcome> {
  const { id } = request;
  while (!isOver()) {
    const answer = await tryOnce(host, room, token, request);
    if ("failed" in answer) {
      onFailed(answer.failed);
      await sleep(RETRY_MS);
    } else if ("seq" in answer) return { kind: "acknowledged", id, seq: answer.seq };
    else return { kind: "refused", code: answer.code };
  }
  return { kind: "open" };
}

/** `failed`: there was no answer, or one that asks to try again. */
type Answer = { seq: number } | { code: string } | { failed: string };

async function tryOnce(host: string, room: string, token: string, request: Request): Promise<Answer> {
  const { path, method, body } = callOf(request);
  try {
    const response = await fetch(`http://${host}/v1/rooms/${encodeURIComponent(room)}/messages/${path}`, {
      method,
      signal: AbortSignal.timeout(TRY_MS),
      headers: {
        // Each try has a connection of its own, since a fault may leave an open one without a service behind it.
        Connection: "close",
        Authorization: `Bearer ${token}`,
        "Idempotency-Key": request.id,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const json: { messages?: { seq: number }[]; code?: string } = await response.json();
    const [published] = json.messages ?? [];
    if (response.ok && published !== undefined) return { seq: published.seq };
    if (response.status >= 500 || response.status === 429)
      return { failed: `HTTP ${response.status} ${json.code}` };
    return { code: json.code ?? `HTTP ${response.status}` };
  } catch (error) {
    return { failed: String(error) };
  }
}

function callOf({ op, target, key = "", data }: Request): { path: string; method: string; body?: string } {
  if (op === "edit") return { path: `${target}`, method: "PATCH", body: bodyOf(data) };
  if (op === "delete") return { path: `${target}`, method: "DELETE" };
  if (op === "append") return { path: `${target}/append`, method: "POST", body: bodyOf(data) };
  const method = op === "react" ? "PUT" : "DELETE";
  return { path: `${target}/reactions/${encodeURIComponent(key)}`, method };
}

function bodyOf(data: Data | undefined): string {
  return JSON.stringify({ data: data !== undefined && "json" in data ? data.json : null });
}
