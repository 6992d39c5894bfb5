/**
 * Prints a token for local work:
 *
 *     npm run -s token -- --room lobby --sub ada --can publish --for 1h
 *
 * It is signed with AUTH_SECRET, from the environment or from `.dev.vars`, where `wrangler dev` reads it too; AUTH_ISSUER and
 * AUTH_AUDIENCE are put into it where they are set there.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { SignJWT } from "jose";

const CAPABILITIES = ["read", "publish", "signal", "presence", "admin"];
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const SECRETS = ".dev.vars";

const USAGE = `npm run -s token -- --room NAME [--room 'team-*'] --sub MEMBER [--name NAME]
  [--can ${CAPABILITIES.join(",")}] [--for 1h]

  --room  a room, or a prefix that ends in *; may be given several times
  --sub   the member's id
  --name  what others see; the id, if not said
  --can   separated by commas, or given several times; read,publish, if not said
  --for   how long: a number and s, m, h or d; 1h, if not said`;

try {
  console.log(await token(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(`\n${USAGE}`);
  process.exitCode = 1;
}

async function token(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      room: { type: "string", multiple: true },
      sub: { type: "string" },
      name: { type: "string" },
      can: { type: "string", multiple: true, default: ["read,publish"] },
      for: { type: "string", default: "1h" },
    },
  });
  if (values.room === undefined) throw new Error("Say for which room the token is: --room.");
  if (values.sub === undefined || values.sub === "") throw new Error("Say for whom the token is: --sub.");
  const can = values.can.flatMap((list) => list.split(","));
  const unknown = can.find((capability) => !CAPABILITIES.includes(capability));
  if (unknown !== undefined) throw new Error(`There is no capability ${unknown}.`);
  const [issuer, audience] = [setting("AUTH_ISSUER"), setting("AUTH_AUDIENCE")];
  const claims = {
    rooms: values.room,
    can,
    sub: values.sub,
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audience === undefined ? {} : { aud: audience }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds(values.for))
    .sign(new TextEncoder().encode(secret()));
}

function seconds(duration: string): number {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const each = UNITS[unit];
  if (each === undefined || Number(count) === 0)
    throw new Error(`--for is a time such as 30m or 1h, not ${duration}.`);
  return Number(count) * each;
}

/** As `wrangler dev` reads them, but that the environment goes first. An empty one is none. */
function setting(name: string): string | undefined {
  const kept = existsSync(SECRETS) ? parseEnv(readFileSync(SECRETS, "utf8")) : {};
  return process.env[name] || kept[name] || undefined;
}

function secret(): string {
  const found = setting("AUTH_SECRET");
  if (found !== undefined && found.trim() !== "") return found;
  throw new Error(`There is no AUTH_SECRET, in the environment or in ${SECRETS}. Make one:
  echo "AUTH_SECRET=$(openssl rand -base64 32)" >> ${SECRETS}`);
}
