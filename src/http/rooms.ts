import { Hono } from "hono";
import { demand, grantFor } from "../access/admit.ts";
import { credentialOf, offerOf } from "../access/credential.ts";
import { admissionRequest } from "../access/grant.ts";
import { checkOrigin } from "../access/origin.ts";
import { type Settings, settingsOf } from "../config.ts";
import { DormouseError, problemResponse } from "../protocol/codes.ts";
import type { Capability } from "../protocol/down.ts";
import { HISTORY_LIMIT, MEMBER_CHARS } from "../protocol/limits.ts";
import { roomName } from "../protocol/names.ts";
import { methodNotAllowed } from "./refusals.ts";
import { isUpgrade } from "./upgrade.ts";

/** `/v1/rooms/{room}`: the upgrade, and what a room tells of itself without one. */
export const rooms = new Hono<{ Bindings: Env }>();

rooms.get("/:room", (c) => (isUpgrade(c.req.raw) ? upgrade(c.req.raw, c.env) : info(c.req.raw, c.env)));

rooms.all("/", () => problemResponse(new DormouseError("invalid_room", "The address names no room.")));

rooms.all("/:room", () => problemResponse(methodNotAllowed("GET"), { allow: "GET, HEAD" }));

rooms.get("/:room/messages", async (c) => {
  const { url, stub } = await callOf(c.req.raw, c.env, "read");
  const before = wholeNumber(url, "before");
  const after = wholeNumber(url, "after");
  const limit = wholeNumber(url, "limit") ?? HISTORY_LIMIT.default;
  if (before !== undefined && after !== undefined) {
    throw new DormouseError("invalid_query", "Ask for messages before a seq or after one, not both.");
  }
  if (limit < 1 || limit > HISTORY_LIMIT.max) {
    throw new DormouseError("invalid_query", `limit is 1 to ${HISTORY_LIMIT.max}.`);
  }
  const page = await stub.messages({
    limit,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
  return Response.json(page, { headers: NO_STORE });
});

rooms.all("/:room/messages", () => problemResponse(methodNotAllowed("GET"), { allow: "GET, HEAD" }));

rooms.delete("/:room/members/:member", async (c) => {
  const { url, stub } = await callOf(c.req.raw, c.env, "admin");
  const seconds = wholeNumber(url, "ban") ?? 0;
  if (seconds > BAN_SECONDS) {
    throw new DormouseError("invalid_query", `A ban is at most ${BAN_SECONDS} seconds.`);
  }
  const kicked = await stub.kick(memberOf(url), seconds);
  if (kicked === 0 && seconds === 0) throw new DormouseError("not_found", "No such member is in this room.");
  return Response.json({ kicked }, { headers: NO_STORE });
});

rooms.all("/:room/members/:member", () => problemResponse(methodNotAllowed("DELETE"), { allow: "DELETE" }));

const NO_STORE = { "cache-control": "no-store" };

/** The binding counts by the minute. */
const JOIN_RETRY_MS = 10_000;

/** A year. */
const BAN_SECONDS = 31_536_000;

type Call = { url: URL; room: string; settings: Settings; stub: ReturnType<Env["ROOMS"]["getByName"]> };

/** The room that a call is for. Its stub touches nothing until it is used. */
function begin(request: Request, env: Env): Call {
  const url = new URL(request.url);
  const settings = settingsOf(env);
  checkOrigin(request, settings.allowedOrigins);
  const room = roomOf(url);
  return { url, room, settings, stub: env.ROOMS.getByName(room) };
}

/** A call that is no upgrade, by somebody who has this capability. */
async function callOf(request: Request, env: Env, needed: Capability): Promise<Call> {
  const call = begin(request, env);
  const { url, room, settings } = call;
  const grant = await grantFor(room, credentialOf(request, url), nameOf(url), settings);
  demand(grant, needed);
  return call;
}

/** Everything about who comes in is settled here, before the room is touched. */
async function upgrade(request: Request, env: Env): Promise<Response> {
  const { url, room, settings, stub } = begin(request, env);
  const { mode, credential } = offerOf(request, url);
  if (mode === "plain" && !settings.plain) {
    throw new DormouseError(
      "plain_off",
      "This service takes no plain sockets: offer the subprotocol dormouse.v1.",
    );
  }
  const history = wholeNumber(url, "history") ?? 0;
  const cursor = url.searchParams.get("cursor") ?? undefined;
  const grant = await grantFor(room, credential, nameOf(url), settings);
  if (grant.can.length === 0) throw new DormouseError("forbidden", "The token holds no capability.");
  const address = request.headers.get("cf-connecting-ip") ?? undefined;
  await limitJoins(env, address);
  // Anybody may make up another guest key, so a guest's debts are those of the address.
  const debtor = grant.guest && address !== undefined ? `address ${address}` : `member ${grant.member}`;
  return stub.fetch(
    admissionRequest({ grant, room, debtor, mode, history, ...(cursor === undefined ? {} : { cursor }) }),
  );
}

/** Where a deployment has the binding; without it, joins are not limited. */
async function limitJoins(env: Env, address: string | undefined): Promise<void> {
  if (env.JOINS === undefined || address === undefined) return;
  const { success } = await env.JOINS.limit({ key: address });
  if (!success) throw new DormouseError("rate_limited", "Too many joins from this address.", JOIN_RETRY_MS);
}

async function info(request: Request, env: Env): Promise<Response> {
  const { stub } = await callOf(request, env, "read");
  return Response.json(await stub.info(), { headers: NO_STORE });
}

function nameOf(url: URL): string | undefined {
  return url.searchParams.get("name") || undefined;
}

/** The id of a member, as it stands in the address after `members/`. */
function memberOf(url: URL): string {
  try {
    const member = decodeURIComponent(url.pathname.split("/")[5] ?? "");
    if (member.length <= MEMBER_CHARS) return member;
  } catch {
    // Said below.
  }
  throw new DormouseError(
    "invalid_query",
    `A member id is percent-encoded UTF-8 of at most ${MEMBER_CHARS} characters.`,
  );
}

/** The name is taken from the address itself: it is percent-decoded once, and judged as it then stands. */
function roomOf(url: URL): string {
  return roomName(url.pathname.split("/")[3] ?? "");
}

function wholeNumber(url: URL, name: string): number | undefined {
  const raw = url.searchParams.get(name);
  if (raw === null) return undefined;
  if (!/^\d{1,15}$/.test(raw))
    throw new DormouseError("invalid_query", `${name} is a whole number, 0 or more.`);
  return Number(raw);
}
