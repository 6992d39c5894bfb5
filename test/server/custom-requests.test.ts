import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { customRoomRequest } from "../../src/rpc/custom-request.ts";
import { reject } from "../../src/server/reject.ts";
import { type HookedRoom, withHooks } from "./hooked-room.ts";

let logged: MockInstance;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

async function request({ core }: HookedRoom, member: string): Promise<unknown> {
  const grant = { member, name: member, can: ["read" as const], guest: false };
  const caller = { room: "room", member, rateKey: member, grant };
  const url = "https://app.test/v1/rooms/room/custom/thing";
  const response = await core.fetch(customRoomRequest(new Request(url), caller));
  return response.status === 200 ? await response.text() : await response.json();
}

describe("onRequest", () => {
  test("[ACC-7] answers no banned member", async () => {
    await withHooks({ onRequest: () => new Response("reached") }, async (room) => {
      room.core.owner.ban("ada", 60);
      expect(await request(room, "ada")).toMatchObject({ code: "banned" });
      expect(await request(room, "bob")).toBe("reached");
    });
  });

  test("[HOOK-21] refuses by reject, which is no failure, and fails by any other throw", async () => {
    const onRequest = (_request: Request, { member }: { member: string }) => {
      if (member === "ada") throw reject("not_found", "There is no such thing.");
      throw new Error("a secret");
    };
    const onError = vi.fn<(error: unknown) => void>();
    await withHooks({ onRequest, onError }, async (room) => {
      expect(await request(room, "ada")).toMatchObject({ code: "not_found", status: 404 });
      expect([logged.mock.calls, onError.mock.calls]).toEqual([[], []]);
      const failed = await request(room, "bob");
      expect(failed).toMatchObject({ code: "hook_failed", status: 500 });
      expect(JSON.stringify(failed)).not.toContain("secret");
      expect(onError).toHaveBeenCalledTimes(1);
    });
  });
});
