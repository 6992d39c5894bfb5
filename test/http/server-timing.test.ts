import { describe, expect, test } from "vitest";
import { freshRoom, upgrade } from "../room/room-client.ts";
import { call, posted } from "./call.ts";

describe("Server-Timing", () => {
  test("[OPER-5] an answer says how long the sign-in and the room took", async () => {
    const response = await call(`/v1/rooms/${freshRoom()}/messages`, posted({ data: 1 }));
    expect(response.status).toBe(201);
    expect(response.headers.get("server-timing")).toMatch(/^auth;dur=\d+, room;dur=\d+$/);
  });

  test("[OPER-5] a refusal says what it came to", async () => {
    const response = await call(`/v1/rooms/${freshRoom()}?token=secret.secret.secret`);
    expect(response.status).toBe(401);
    expect(response.headers.get("server-timing")).toMatch(/^auth;dur=\d+$/);
  });

  test("[OPER-5] an upgrade has none, and succeeds", async () => {
    const response = await upgrade(freshRoom());
    expect(response.status).toBe(101);
    expect(response.headers.has("server-timing")).toBe(false);
  });
});
