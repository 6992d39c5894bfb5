import { Hono } from "hono";
import { credentialOf, offerOf } from "../access/credential.ts";
import { admissionRequest } from "../access/grant.ts";
import { guestGrant } from "../access/guest.ts";
import { checkOrigin } from "../access/origin.ts";
import { settingsOf } from "../config.ts";
import { DormouseError, problemResponse } from "../protocol/codes.ts";
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
  const history = historyOf(url);
  const cursor = url.searchParams.get("cursor") ?? undefined;
  return room.fetch(admissionRequest({ grant, mode, history, ...(cursor === undefined ? {} : { cursor }) }));
}

async function info(request: Request, url: URL, env: Env, room: Stub): Promise<Response> {
  const settings = settingsOf(env);
  await guestGrant(credentialOf(request, url), undefined, settings.nameChars);
  return Response.json(await room.info(), { headers: { "cache-control": "no-store" } });
}

function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The name is taken from the address itself: it is percent-decoded once, and judged as it then stands. */
function roomOf(url: URL): string {
  return roomName(url.pathname.split("/")[3] ?? "");
}

function historyOf(url: URL): number {
  const raw = url.searchParams.get("history");
  if (raw === null) return 0;
  if (!/^\d{1,9}$/.test(raw)) {
    throw new DormouseError("invalid_query", "history is a whole number of messages, 0 or more.");
  }
  return Number(raw);
}
