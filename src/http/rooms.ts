import { Hono } from "hono";
import { credentialOf, offerOf } from "../access/credential.ts";
import { admissionRequest, type Grant } from "../access/grant.ts";
import { guestGrant } from "../access/guest.ts";
import { checkOrigin } from "../access/origin.ts";
import { settingsOf } from "../config.ts";
import { DormouseError, problemResponse } from "../protocol/codes.ts";
import { HISTORY_LIMIT } from "../protocol/limits.ts";
import { roomName } from "../protocol/names.ts";
import { methodNotAllowed } from "./refusals.ts";

/** `/v1/rooms/{room}`: the upgrade, and what a room tells of itself without one. */
export const rooms = new Hono<{ Bindings: Env }>();

rooms.get("/:room", (c) => {
  const request = c.req.raw;
  const url = new URL(request.url);
  const stub = c.env.ROOMS.getByName(roomOf(url));
  return isUpgrade(request) ? upgrade(request, url, c.env, stub) : info(request, url, c.env, stub);
});

rooms.all("/:room", () => problemResponse(methodNotAllowed("GET"), { allow: "GET, HEAD" }));

rooms.get("/:room/messages", async (c) => {
  const url = new URL(c.req.raw.url);
  const room = c.env.ROOMS.getByName(roomOf(url));
  await readerOf(c.req.raw, url, c.env);
  const before = wholeNumber(url, "before");
  const after = wholeNumber(url, "after");
  const limit = wholeNumber(url, "limit") ?? HISTORY_LIMIT.default;
  if (before !== undefined && after !== undefined) {
    throw new DormouseError("invalid_query", "Ask for messages before a seq or after one, not both.");
  }
  if (limit < 1 || limit > HISTORY_LIMIT.max) {
    throw new DormouseError("invalid_query", `limit is 1 to ${HISTORY_LIMIT.max}.`);
  }
  const page = await room.messages({
    limit,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
  return Response.json(page, { headers: NO_STORE });
});

rooms.all("/:room/messages", () => problemResponse(methodNotAllowed("GET"), { allow: "GET, HEAD" }));

const NO_STORE = { "cache-control": "no-store" };

type Stub = ReturnType<Env["ROOMS"]["getByName"]>;

/** Everything about who comes in is settled here, before the room is touched. */
async function upgrade(request: Request, url: URL, env: Env, room: Stub): Promise<Response> {
  const settings = settingsOf(env);
  checkOrigin(request, settings.allowedOrigins);
  const { mode, credential } = offerOf(request, url);
  if (mode === "plain" && !settings.plain) {
    throw new DormouseError(
      "plain_off",
      "This service takes no plain sockets: offer the subprotocol dormouse.v1.",
    );
  }
  const grant = await guestGrant(credential, url.searchParams.get("name") ?? undefined, settings.nameChars);
  const history = wholeNumber(url, "history") ?? 0;
  const cursor = url.searchParams.get("cursor") ?? undefined;
  return room.fetch(admissionRequest({ grant, mode, history, ...(cursor === undefined ? {} : { cursor }) }));
}

async function info(request: Request, url: URL, env: Env, room: Stub): Promise<Response> {
  await readerOf(request, url, env);
  return Response.json(await room.info(), { headers: NO_STORE });
}

/** Who makes a call that is no upgrade. */
function readerOf(request: Request, url: URL, env: Env): Promise<Grant> {
  const { nameChars } = settingsOf(env);
  return guestGrant(credentialOf(request, url), url.searchParams.get("name") ?? undefined, nameChars);
}

function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
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
