import { execFileSync } from "node:child_process";
import { jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { commandOf } from "../../src/admin/views/token/command-of.ts";
import { signToken } from "../../src/admin/views/token/sign-token.ts";
import {
  EMPTY_FORM,
  type Faults,
  faultsOf,
  requestOf,
  type TokenForm,
} from "../../src/admin/views/token/token-form.ts";
import { createToken } from "../../src/auth/create-token.ts";

const SECRET = "a secret of thirty-two characters or more: é漢";
const GOOD: TokenForm = { ...EMPTY_FORM, member: "ada", rooms: "lobby\nteam-*" };

describe("signToken", () => {
  const now = Math.floor(Date.now() / 1000);
  const { member: sub, rooms, can, lifetime } = requestOf({ ...GOOD, member: "Zoë 漢" });
  const payload = {
    sub,
    name: undefined,
    rooms,
    can,
    iss: "https://issuer.test",
    iat: now,
    exp: now + lifetime,
  };

  test("[PAGE-58] signs a token that is verified by that secret only", async () => {
    const token = await signToken(payload, SECRET);
    const keyOf = (secret: string) => new TextEncoder().encode(secret);
    const { payload: verified } = await jwtVerify(token, keyOf(SECRET), { algorithms: ["HS256"] });
    const { name: _, ...given } = payload;
    expect(verified).toEqual(given);
    await expect(jwtVerify(token, keyOf(`${SECRET}x`))).rejects.toThrow("signature");
  });

  test("[PAGE-58] gives what createToken of the package gives", async () => {
    const theirs = await createToken(
      { member: sub, rooms, can, expiresIn: lifetime, issuer: "https://issuer.test" },
      SECRET,
    );
    const decoded = (token: string) =>
      token
        .split(".")
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
    const [header, { iat, exp }] = decoded(theirs);
    expect(decoded(await signToken({ ...payload, iat, exp }, SECRET))).toEqual([header, decoded(theirs)[1]]);
  });
});

describe("faultsOf", () => {
  test("[PAGE-58] finds nothing where the service takes the token", () => {
    for (const form of [
      GOOD,
      { ...GOOD, rooms: "*" },
      { ...GOOD, rooms: ` ${"é".repeat(64)} \n\n\n-*`, name: " Ada " },
      { ...GOOD, member: "x".repeat(128), count: "3650", unit: "d" as const },
    ])
      expect(faultsOf(form)).toEqual({});
  });

  test.each<[Partial<TokenForm>, Faults]>([
    [{ member: " " }, { member: "member" }],
    [{ member: "x".repeat(129) }, { member: "member" }],
    [{ member: ".." }, { member: "member" }],
    [{ member: "guest_ada" }, { member: "memberGuest" }],
    [{ name: "a\u0007" }, { name: "name" }],
    [{ name: "x".repeat(257) }, { name: "name" }],
    [{ rooms: " \n " }, { rooms: "noRoom" }],
    [{ rooms: "lobby\na/b" }, { rooms: "room" }],
    [{ rooms: "x".repeat(129) }, { rooms: "room" }],
    [{ can: [] }, { can: "noCapability" }],
    [{ count: "0" }, { count: "count" }],
    [{ count: "1.5" }, { count: "count" }],
    [{ count: "" }, { count: "count" }],
    [{ count: "3651", unit: "d" }, { count: "count" }],
  ])("[PAGE-58] finds what is wrong with %j", (change, faults) => {
    expect(faultsOf({ ...GOOD, ...change })).toEqual(faults);
  });
});

describe("commandOf", () => {
  test("[PAGE-58] is read by a shell as the form was written", () => {
    const form = { ...GOOD, member: "-x", name: `O'Brien "$HOME" \`id\``, rooms: "*\na b\n;rm", count: "8" };
    const [npm, run, silent, script, dashes, ...options] = commandOf(form).split(" ");
    expect([npm, run, silent, script, dashes]).toEqual(["npm", "run", "-s", "token", "--"]);
    const words = execFileSync("sh", ["-c", `printf '%s\\n' ${options.join(" ")}`], { encoding: "utf8" });
    expect(words.trimEnd().split("\n")).toEqual([
      "--room",
      "*",
      "--room",
      "a b",
      "--room",
      ";rm",
      "--sub=-x",
      "--name",
      `O'Brien "$HOME" \`id\``,
      "--can",
      "read,publish",
      "--for",
      "8h",
    ]);
  });
});
