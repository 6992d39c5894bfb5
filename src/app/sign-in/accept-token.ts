import { load, save } from "../browser-storage.ts";
import { moreStrings } from "../i18n/index.ts";
import { chatStore, invitationKey, rejoin, setToken, token } from "../page-state.ts";
import { preferredName } from "../preferences.ts";
import { currentRoom } from "../router.ts";
import { type Claims, isEnded, mayCover, parseJwt } from "./claims.ts";
import { takeState } from "./login-page.ts";
import { parseArrived } from "./parse-arrived.ts";

const GUEST_KEY = "dormouse.guest";
const MAX_NAME_CHARS = 64;

/** Texts of `moreStrings` that say why the page did not take a token. */
type Refusal =
  | "signInFailed"
  | "signInDamaged"
  | "signInEnded"
  | "signInNotAsked"
  | "linkDamaged"
  | "invitationEnded"
  | "invitationElsewhere";

/**
 * Takes the token that a sign-in page or an invitation brought in the address. Returns why not, if it does not. An earlier token then stays.
 * @param arrived from `takeArrived`
 */
export function acceptArrived(arrived: string): (() => string) | undefined {
  const refusal = accept(parseArrived(arrived));
  return refusal && (() => moreStrings.value[refusal]);
}

function accept({ given, state }: ReturnType<typeof parseArrived>): Refusal | undefined {
  const jwt = parseJwt(given ?? "");
  if (jwt?.isInvitation) return acceptInvitation(jwt.token, jwt.claims);
  const expected = takeState();
  if (given === null) return "signInFailed";
  // A sign-in page sends the state back. A link without one is an invitation that lost a part on its way.
  if (jwt === undefined) return state === null ? "linkDamaged" : "signInDamaged";
  if (expected === undefined || state !== expected) return "signInNotAsked";
  if (isEnded(jwt.claims)) return "signInEnded";
  if (preferredName.peek() === "") preferredName.value = nameOf(jwt.claims);
  save(invitationKey(currentRoom.peek()), "", "sessionStorage");
  setToken(jwt.token);
  return undefined;
}

/** An invitation says nothing about who has it, so it needs no state. */
function acceptInvitation(jwt: string, claims: Claims): Refusal | undefined {
  const room = currentRoom.peek();
  if (isEnded(claims)) return "invitationEnded";
  if (!mayCover({ rooms: claims.rooms ?? [] }, room.normalize("NFC"))) return "invitationElsewhere";
  const own = parseJwt(token.peek() ?? "");
  // The person is a member here already.
  if (own !== undefined && !isEnded(own.claims) && mayCover(own.claims, room)) return undefined;
  save(invitationKey(room), `${jwt}.${guestKey()}`, "sessionStorage");
  if (chatStore.peek()?.roomName === room) rejoin();
  return undefined;
}

/** The key of the client, so that a guest is the same member with an invitation as without. */
function guestKey(): string {
  const key = load(GUEST_KEY) ?? crypto.getRandomValues(new BigUint64Array(2)).join("-");
  save(GUEST_KEY, key);
  return key;
}

/** Others see the name of the token. This one is the person's after the token is removed. */
function nameOf({ name, sub }: Claims): string {
  return String(name ?? sub ?? "").slice(0, MAX_NAME_CHARS);
}
