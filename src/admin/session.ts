import { signal } from "@preact/signals";
import { load, save } from "../app/browser-storage.ts";
import { takeArrived } from "../app/sign-in/arrived-token.ts";
import { type Claims, isEnded, parseJwt } from "../app/sign-in/claims.ts";
import { takeState } from "../app/sign-in/login-page.ts";
import { parseArrived } from "../app/sign-in/parse-arrived.ts";
import type { RoomsPage } from "../protocol/room-list.ts";
import { ApiError, type Call, jsonOf, request, send } from "./http/request.ts";

/** The token of the operator, which this tab keeps until it is closed or the operator signs out. The chat page has a key of its own. */
const TOKEN_KEY = "dormouse.admin-token";

/** Texts of `texts.refusals`: why the page does not take a token, and what to do. */
export type Refusal =
  | "malformed"
  | "ended"
  | "noAdmin"
  | "notAllRooms"
  | "refused"
  | "forbidden"
  | "signInFailed"
  | "signInNotAsked"
  | "sessionEnded";

/** `failed`: the service could not be asked. */
export type SessionState =
  | { status: "out"; refusal?: Refusal }
  | { status: "checking" }
  | { status: "failed"; error: ApiError; token: string }
  | { status: "in"; token: string; claims: AdminClaims };

/** The claims that the page looks at. The service verifies them. */
export type AdminClaims = Claims & { can?: unknown };

export const session = signal<SessionState>({ status: "out" });

/** Signs in with the token that a sign-in page brought, or with the one that this tab keeps. */
export function startSession(): void {
  const arrived = takeArrived();
  if (arrived !== undefined) void signInArrived(arrived);
  else {
    // The person left the sign-in page without an answer.
    const wasAsked = takeState() !== undefined;
    const kept = load(TOKEN_KEY, "sessionStorage");
    if (kept !== undefined) void signIn(kept);
    else if (wasAsked) session.value = { status: "out", refusal: "signInFailed" };
  }
  addEventListener("hashchange", () => {
    const later = takeArrived();
    if (later !== undefined) void signInArrived(later);
  });
}

async function signInArrived(arrived: string): Promise<void> {
  const { given, state } = parseArrived(arrived);
  const expected = takeState();
  if (given === null) session.value = { status: "out", refusal: "signInFailed" };
  else if (expected === undefined || state !== expected)
    session.value = { status: "out", refusal: "signInNotAsked" };
  else await signIn(given);
}

/** Takes a token if it may operate all rooms. The service decides; what the token itself shows is said without a call. */
export async function signIn(pasted: string): Promise<void> {
  const token = pasted.replace(/[\s"'`]/g, "");
  const refusal = refusalOf(token);
  if (refusal !== undefined) return signOut(refusal);
  session.value = { status: "checking" };
  try {
    await checkToken(token);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return signOut("refused");
    if (error.status === 403) return signOut("forbidden");
    // The token is good, and the list of rooms says itself why it is empty.
    if (error.code !== "no_directory" && error.code !== "rate_limited") {
      session.value = { status: "failed", error, token };
      return;
    }
  }
  save(TOKEN_KEY, token, "sessionStorage");
  session.value = { status: "in", token, claims: parseJwt(token)?.claims ?? {} };
}

/** @throws ApiError */
async function checkToken(token: string): Promise<void> {
  try {
    await jsonOf<RoomsPage>(await request("/v1/rooms", token, { query: { limit: 1 } }));
  } catch (error) {
    // While a setting is invalid, the call that names it is the only one that works.
    if (!(error instanceof ApiError) || error.code !== "misconfigured") throw error;
    await request("/v1/settings", token);
  }
}

/** Forgets the token. */
export function signOut(refusal?: Refusal): void {
  save(TOKEN_KEY, "", "sessionStorage");
  session.value = refusal === undefined ? { status: "out" } : { status: "out", refusal };
}

/** Why a token cannot operate all rooms, as far as the token shows it. A token without a claim may get it from the service. */
export function refusalOf(token: string): Refusal | undefined {
  const jwt = parseJwt(token);
  if (jwt === undefined) return "malformed";
  const { can, rooms }: AdminClaims = jwt.claims;
  if (isEnded(jwt.claims)) return "ended";
  if (jwt.isInvitation || (Array.isArray(can) && !can.includes("admin"))) return "noAdmin";
  if (Array.isArray(rooms) && !rooms.includes("*")) return "notAllRooms";
  return undefined;
}

/** Whether the token of the session may do something, as far as its claims show it. `admin` implies `moderate` and nothing else. */
export function hasCapability(capability: "read" | "publish" | "presence"): boolean {
  const current = session.value;
  if (current.status !== "in") return false;
  const { can }: AdminClaims = current.claims;
  return !Array.isArray(can) || can.includes(capability);
}

/** The token that the operator signed in with, or an empty string. */
export function currentToken(): string {
  const current = session.peek();
  return current.status === "in" ? current.token : "";
}

/**
 * Calls the service with the token of the session, and returns the JSON of its answer. A token that the service no longer takes ends the
 * session. A room may have other keys than the service; that it refuses a token says nothing of other rooms.
 * @throws ApiError
 * @example
 * const { rooms, more } = await call<RoomsPage>("/v1/rooms", { query: { prefix, limit: 100 } });
 */
export async function call<Answer>(path: string, options: Call = {}): Promise<Answer> {
  return await asOperator(path, async (token) => jsonOf<Answer>(await request(path, token, options)));
}

/**
 * The same for an answer that is a stream.
 * @throws ApiError
 */
export async function stream(path: string, options: Call = {}): Promise<Response> {
  return await asOperator(path, (token) => send(path, token, options));
}

async function asOperator<Answer>(path: string, ask: (token: string) => Promise<Answer>): Promise<Answer> {
  const token = currentToken();
  try {
    return await ask(token);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    const ofService = path.startsWith("/v1/rooms/") ? await refusalOfService(token) : error;
    if (ofService === undefined) throw new ApiError("other_keys", 401);
    const isCurrent = token === currentToken() && token !== "";
    if (ofService.status === 401 && isCurrent) signOut("sessionEnded");
    throw error;
  }
}

/** Why the service itself does not take a token, or could not be asked; undefined if it takes the token. */
async function refusalOfService(token: string): Promise<ApiError | undefined> {
  try {
    await request("/v1/settings", token);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error;
  }
}
