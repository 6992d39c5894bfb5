import { describe, expect, test } from "vitest";
import { DormouseError } from "../../../src/protocol/codes.ts";
import {
  REMEMBERED_CHARS,
  REMEMBERED_MS,
  RefusedAttempts,
} from "../../../src/room/sessions/refused-attempts.ts";
import { admission } from "../inside.ts";

const of = (member: string, attempt?: string) => ({
  ...admission({ grant: { member, name: member, can: [], guest: true } }),
  ...(attempt === undefined ? {} : { attempt }),
});
const staffOnly = new DormouseError("forbidden", "Staff only.");

describe("RefusedAttempts", () => {
  test("[ACC-30] gives the refusal of an attempt to the member that made it, for ten seconds", () => {
    const refused = new RefusedAttempts();
    refused.add(of("ada", "a1"), staffOnly, 1000);
    expect(refused.refusalOf("ada", "a1", 1000 + REMEMBERED_MS - 1)).toBe(staffOnly);
    expect(refused.refusalOf("ada", "a1", 1000 + REMEMBERED_MS)).toBeUndefined();
    expect(refused.refusalOf("bob", "a1", 1000)).toBeUndefined();
    expect(refused.refusalOf("ada", "a2", 1000)).toBeUndefined();
    expect(refused.refusalOf("ada", undefined, 1000)).toBeUndefined();
  });

  test("[ACC-30] keeps no attempt without a name, and the latest refusal of one with a name", () => {
    const refused = new RefusedAttempts();
    refused.add(of("ada"), staffOnly, 1000);
    expect(refused.size).toBe(0);
    const full = new DormouseError("room_full", "The room is full.");
    refused.add(of("ada", "a1"), staffOnly, 1000);
    refused.add(of("ada", "a1"), full, 2000);
    expect([refused.size, refused.refusalOf("ada", "a1", 2000)]).toEqual([1, full]);
  });

  test("[ACC-30] forgets the oldest refusals beyond its bound in size, and those that are too old", () => {
    const refused = new RefusedAttempts();
    const long = new DormouseError("forbidden", "x".repeat(REMEMBERED_CHARS / 4));
    for (let i = 0; i < 10; i++) refused.add(of("ada", `a${i}`), long, 1000);
    expect(refused.size).toBe(3);
    expect(refused.refusalOf("ada", "a6", 1000)).toBeUndefined();
    expect(refused.refusalOf("ada", "a9", 1000)).toBe(long);
    refused.add(of("ada", "late"), staffOnly, 1000 + REMEMBERED_MS);
    expect(refused.size).toBe(1);
    const tooLong = new DormouseError("forbidden", "x".repeat(REMEMBERED_CHARS));
    refused.add(of("ada", "too long"), tooLong, 1000 + REMEMBERED_MS);
    expect(refused.size).toBe(0);
  });
});
