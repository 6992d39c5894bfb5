import { CAPABILITIES, type Capability } from "../../../protocol/capabilities.ts";
import { MEMBER_CHARS } from "../../../protocol/limits.ts";
import { checkedRoomName, isMemberId, isPrintable } from "../../../protocol/names.ts";
import { GUEST_PREFIX, TOKEN_NAME_CHARS } from "../../../protocol/token-rules.ts";

export const UNITS = { m: 60, h: 3600, d: 86_400 } as const;
export type Unit = keyof typeof UNITS;

/** The longest lifetime, in days. */
const MAX_DAYS = 3650;

/** The fields of the form, as the operator filled them. `rooms`: one on each line. */
export type TokenForm = {
  member: string;
  name: string;
  rooms: string;
  can: readonly Capability[];
  count: string;
  unit: Unit;
};

export const EMPTY_FORM: TokenForm = {
  member: "",
  name: "",
  rooms: "",
  can: ["read", "publish"],
  count: "1",
  unit: "h",
};

/** The fields of the form. `lifetime`: in seconds. */
export type TokenRequest = {
  member: string;
  name?: string | undefined;
  rooms: readonly string[];
  can: readonly Capability[];
  lifetime: number;
};

/** Texts of `texts.tokenMaker.faults`, by field. */
export type Faults = Partial<Record<"member" | "name" | "rooms" | "can" | "count" | "secret", FaultCode>>;
export type FaultCode =
  | "member"
  | "memberGuest"
  | "name"
  | "noRoom"
  | "room"
  | "noCapability"
  | "count"
  | "secret";

/** The rooms of a text with one on each line. */
export function roomsOf(text: string): string[] {
  const rooms = text.split("\n").map((line) => line.trim().normalize("NFC"));
  return [...new Set(rooms.filter((room) => room !== ""))];
}

/** Finds the faults of the form, by field. A form without faults makes a token that the service takes. */
export function faultsOf({ member, name, rooms, can, count, unit }: TokenForm): Faults {
  const named = roomsOf(rooms);
  const seconds = Number(count) * UNITS[unit];
  const isCount = /^\d{1,6}$/.test(count) && seconds > 0 && seconds <= MAX_DAYS * UNITS.d;
  const sub = member.trim();
  return {
    ...(sub.startsWith(GUEST_PREFIX)
      ? { member: "memberGuest" }
      : (!isMemberId(sub) || sub.length > MEMBER_CHARS) && { member: "member" }),
    ...((name.trim().length > TOKEN_NAME_CHARS || !isPrintable(name)) && { name: "name" }),
    ...(named.length === 0 ? { rooms: "noRoom" } : !named.every(isRoom) && { rooms: "room" }),
    ...(can.length === 0 && { can: "noCapability" }),
    ...(!isCount && { count: "count" }),
  };
}

/** The request of a form without faults. */
export function requestOf({ member, name, rooms, can, count, unit }: TokenForm): TokenRequest {
  return {
    member: member.trim(),
    ...(name.trim() !== "" && { name: name.trim() }),
    rooms: roomsOf(rooms),
    can: CAPABILITIES.filter((capability) => can.includes(capability)),
    lifetime: Number(count) * UNITS[unit],
  };
}

/** A room, or the beginning of names with `*` after it. */
function isRoom(room: string): boolean {
  try {
    checkedRoomName(room === "*" ? "any" : room.replace(/\*$/, ""));
    return true;
  } catch {
    return false;
  }
}
