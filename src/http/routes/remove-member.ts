import { MEMBER_CHARS } from "../../protocol/limits.ts";
import { checkedRoomName } from "../../protocol/names.ts";
import {
  type MemberRemovalAnswer,
  memberRemovalBodySchema,
  memberRemovalQuerySchema,
  memberRemovalSchema,
} from "../../protocol/operator-api.ts";
import { problemOf } from "../../protocol/problem.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeOperator } from "../authorize-operator.ts";
import { publicErrorOf } from "../public-error.ts";
import { rateKeyOf } from "../rate-limits.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { textSegment } from "../request/path-segments.ts";
import { parseQuery } from "../request/query.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route, RouteRequest } from "../route.ts";
import { listOf } from "./list-rooms.ts";

/** Rooms of the list in one call, rooms that are contacted at a time, and when a call begins no more of them: milliseconds. */
const ROOMS = 100;
const TOGETHER = 10;
const WORK_MS = 15_000;

/** Bytes of the names in a body. */
const BODY_BYTES = 65_536;

/** Where a call goes on: in a room, after a seq. */
type Position = { room: string; seq: number };
type Result = MemberRemovalAnswer["rooms"][number];

export const removeMember: Route = {
  method: "DELETE",
  path: "/v1/members/{member}",
  id: "removeMember",
  summary: "Remove the data of a member",
  description:
    "Goes through the rooms in the body, or through all rooms of the list where there is no body. In each of them it deletes the messages of the " +
    "member, ends its uploads, removes its reactions, ends its ban and closes its sockets. With `more`, repeat the call with `cursor`. To repeat it removes " +
    "nothing more. docs/HTTP.md says what it cannot remove. The token needs the claim `rooms` with `*`.",
  needs: "admin",
  query: memberRemovalQuerySchema,
  body: { "application/json": memberRemovalBodySchema },
  isBodyOptional: true,
  responses: [
    {
      status: 200,
      description: "What was removed, by room. A room that failed has a problem: repeat the call for it",
      content: { "application/json": memberRemovalSchema },
    },
  ],
  problems: [
    "invalid_query",
    "bad_json",
    "invalid_event",
    "too_big",
    "unsupported_type",
    "rate_limited",
    "no_directory",
  ],
  async handle(call) {
    const grant = await authorizeOperator(call);
    const member = textSegment(call, "member", "member id", MEMBER_CHARS);
    const { cursor } = parseQuery(call.url, memberRemovalQuerySchema);
    const from = cursor === undefined ? undefined : positionOf(cursor);
    const { names, more } = await roomsOf(call, from, rateKeyOf(grant, call.request));
    const { rooms, next } = await removeFrom(call, member, names, from);
    const lastRoom = names.at(-1);
    const rest = next ?? (more && lastRoom !== undefined ? { room: lastRoom, seq: DONE } : undefined);
    const answer: MemberRemovalAnswer =
      rest === undefined ? { rooms, more: false } : { rooms, more: true, cursor: `${rest.seq}.${rest.room}` };
    return Response.json(answer, { headers: NO_STORE });
  },
};

/** The seq of a cursor after a room that is done. */
const DONE = 999_999_999_999_999;

function positionOf(cursor: string): Position {
  const [seq = ""] = cursor.split(".", 1);
  return { room: cursor.slice(seq.length + 1), seq: Number(seq) };
}

/** The rooms of a call, from its cursor on. `more`: there are others after them. */
async function roomsOf(
  call: RouteRequest,
  from: Position | undefined,
  caller: string,
): Promise<{ names: string[]; more: boolean }> {
  const { request } = call;
  if (request.body !== null) {
    mediaTypeOf(request, ["application/json"]);
    const { rooms } = parseBody(memberRemovalBodySchema, await readJson(request, BODY_BYTES));
    const names = [...new Set(rooms.map(checkedRoomName))];
    const index = from === undefined ? 0 : names.indexOf(from.room);
    const begin = index + (from?.seq === DONE ? 1 : 0);
    return { names: names.slice(Math.max(0, begin)), more: false };
  }
  const list = listOf(call);
  const isWithin = from !== undefined && from.seq !== DONE;
  const page = await list({ prefix: "", after: from?.room ?? "", limit: ROOMS, caller });
  return {
    names: [...(isWithin ? [from.room] : []), ...page.rooms.map(({ room }) => room)],
    more: page.more,
  };
}

async function removeFrom(
  call: RouteRequest,
  member: string,
  names: readonly string[],
  from: Position | undefined,
): Promise<{ rooms: Result[]; next?: Position }> {
  const end = Date.now() + WORK_MS;
  const results: Result[] = [];
  for (let at = 0; at < names.length; at += TOGETHER) {
    const [first = ""] = names.slice(at);
    if (Date.now() >= end) return { rooms: results, next: { room: first, seq: 0 } };
    const group = names.slice(at, at + TOGETHER);
    const answers = await Promise.all(
      group.map((room) => removeIn(call, member, room, room === from?.room ? from.seq : 0)),
    );
    results.push(...answers.map(({ result }) => result));
    const open = answers.findIndex(({ next }) => next !== undefined);
    const { next: seq } = answers[open] ?? {};
    if (seq !== undefined) return { rooms: results, next: { room: group[open] ?? "", seq } };
  }
  return { rooms: results };
}

async function removeIn(
  { service }: RouteRequest,
  member: string,
  room: string,
  after: number,
): Promise<{ result: Result; next?: number | undefined }> {
  try {
    const answer = await service.roomNamed(room).call("removeMember", { member, after });
    const { next, ...removed } = unwrap(answer);
    return { result: { room, ...removed }, next };
  } catch (error) {
    return { result: { room, problem: problemOf(publicErrorOf(error)) } };
  }
}
