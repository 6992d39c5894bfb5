import { describe, expect, test } from "vitest";
import { inSeconds, sign } from "../auth/tokens.ts";
import { freshRoom, join, upgrade } from "../room/room-client.ts";
import { call, callNoting, callWith, posted, problemOf } from "./call.ts";

const MODERATOR = ["read", "publish", "presence", "moderate"];

const bearer = async (claims: Record<string, unknown>) => ({ authorization: `Bearer ${await sign(claims)}` });

const invite = async (room: string, body: unknown = {}, claims: Record<string, unknown> = {}) =>
  call(
    `/v1/rooms/${room}/invitations`,
    posted(body, undefined, await bearer({ sub: "mod", can: MODERATOR, ...claims })),
  );

describe("POST /v1/rooms/{room}/invitations", () => {
  test("[ACC-33] answers a moderator with a token for a day, which opens the room by HTTP and socket", async () => {
    const room = freshRoom();
    const answer = await invite(room);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { token, expiresAt } = await answer.json<{ token: string; expiresAt: number }>();
    expect(Math.abs(expiresAt / 1000 - inSeconds(86_400))).toBeLessThan(60);
    const credential = `${token}.abcdefghijklmnop`;
    const guest = await join(room, `?token=${credential}&name=Gil`);
    expect(guest.welcome).toMatchObject({ name: "Gil", can: ["read", "publish", "presence"] });
    const publish = { data: "hello" };
    const headers = { authorization: `Bearer ${credential}` };
    expect((await call(`/v1/rooms/${room}/messages`, posted(publish, "a", headers))).status).toBe(201);
    expect(await guest.message()).toMatchObject({ from: guest.welcome.member, name: expect.any(String) });
    const elsewhere = await call(`/v1/rooms/${freshRoom()}/messages`, posted(publish, "a", headers));
    expect((await problemOf(elsewhere)).code).toBe("forbidden");
    const kick = await call(`/v1/rooms/${room}/members/mod`, { method: "DELETE", headers });
    expect(await problemOf(kick)).toMatchObject({ code: "forbidden", needs: "moderate" });
  });

  test("[ACC-33] gives what was asked for, and nothing that the caller lacks", async () => {
    const room = freshRoom();
    const { token } = await (await invite(room, { can: ["read"], expiresIn: 60 })).json<{ token: string }>();
    expect((await join(room, `?token=${token}`)).welcome.can).toEqual(["read"]);
    expect(await problemOf(await invite(room, { can: ["signal"] }))).toMatchObject({
      code: "forbidden",
      needs: "signal",
    });
    const bare = await invite(room, {}, { can: ["moderate"] });
    expect((await problemOf(bare)).code).toBe("forbidden");
  });

  test.each([
    [{ can: ["moderate"] }],
    [{ can: [] }],
    [{ can: "read" }],
    [{ expiresIn: 59 }],
    [{ expiresIn: 604_801 }],
    [{ expiresIn: 60.5 }],
    [{ expiresIn: "60" }],
    [{ sub: "ada" }],
  ])("[ACC-33] refuses the body %j", async (body) => {
    expect((await problemOf(await invite(freshRoom(), body))).code).toBe("invalid_event");
  });

  test("[ACC-33] refuses who does not moderate, without contacting the room", async () => {
    const path = `/v1/rooms/${freshRoom()}/invitations`;
    const sent = posted({}, undefined, await bearer({ can: ["read", "publish"] }));
    const { response, contacted } = await callNoting(path, sent);
    expect(await problemOf(response)).toMatchObject({ code: "forbidden", needs: "moderate" });
    expect(contacted).toEqual([]);
    expect((await problemOf(await call(path, posted({})))).code).toBe("forbidden");
  });

  test("[ACC-33] refuses a banned moderator", async () => {
    const room = freshRoom();
    await join(room, `?token=${await sign({ sub: "mod", can: MODERATOR })}`);
    const headers = await bearer({ sub: "root", can: ["admin"] });
    await call(`/v1/rooms/${room}/members/mod?ban=60`, { method: "DELETE", headers });
    expect((await problemOf(await invite(room))).code).toBe("banned");
  });

  test("[ACC-32] ends with the time of the invitation, and is not renewed by another one", async () => {
    const room = freshRoom();
    const tokens = await Promise.all(
      [60, 600].map(
        async (expiresIn) => (await (await invite(room, { expiresIn })).json<{ token: string }>()).token,
      ),
    );
    const [first, second] = tokens.map((token) => `${token}.abcdefghijklmnop`);
    const guest = await join(room, `?token=${first}`);
    guest.send({ type: "auth", token: second });
    const frames = [await guest.frame("error"), await guest.frame("error")];
    expect(frames.map((frame) => frame.code).sort()).toEqual(["invalid_token", "token_expiring"]);
  });

  test("[ACC-32] lets two people with one link be two members, and either be banned", async () => {
    const room = freshRoom();
    const { token } = await (await invite(room)).json<{ token: string }>();
    const [ada, bob] = [
      await join(room, `?token=${token}.abcdefghijklmnop`),
      await join(room, `?token=${token}.qrstuvwxyz012345`),
    ];
    expect(ada.welcome.member).not.toBe(bob.welcome.member);
    const headers = await bearer({ sub: "root", can: ["admin"] });
    const path = `/v1/rooms/${room}/members/${ada.welcome.member}?ban=60`;
    expect((await call(path, { method: "DELETE", headers })).status).toBe(200);
    expect(await ada.frame("bye")).toMatchObject({ code: "kicked" });
    const back = await upgrade(room, `?token=${token}.abcdefghijklmnop`);
    expect((await problemOf(back)).code).toBe("banned");
  });
});

describe("GET /v1/sign-in", () => {
  const signIn = async (settings: object) => (await callWith(settings, "/v1/sign-in")).json();

  test("[ACC-34] says whether a token is required, and where people sign in", async () => {
    expect(await signIn({ AUTH_MODE: "open" })).toEqual({ tokenRequired: false });
    const AUTH_LOGIN_URL = "https://login.test/rooms";
    expect(await signIn({ AUTH_MODE: "token", AUTH_LOGIN_URL })).toEqual({
      tokenRequired: true,
      loginUrl: AUTH_LOGIN_URL,
    });
  });
});
