/**
 * Prints a token for local work:
 *
 *     npm run -s token -- --room lobby --sub ada --can publish --for 1h
 *
 * It is signed with AUTH_SECRET, from the environment or from `.dev.vars`, where `wrangler dev` reads it too; AUTH_ISSUER and
 * AUTH_AUDIENCE are put into it where they are set there. Where a service runs on this machine that refuses the token, it says why
 * that may be.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { SignJWT } from "jose";
import { CAPABILITIES } from "../protocol/capabilities.ts";

const KNOWN: readonly string[] = CAPABILITIES;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const SECRETS = ".dev.vars";

/** As wrangler.toml has it. */
const DEV_URL = "http://localhost:8787";

/** How long the service may take to say whether it accepts the token: milliseconds. */
const CHECK_MS = 1000;

const USAGE = `npm run -s token -- --room NAME [--room 'team-*'] --sub MEMBER [--name NAME]
  [--can ${CAPABILITIES.join(",")}] [--for 1h] [--url http://localhost:8787]

  --room  a room, or a prefix that ends in *; may be given several times
  --sub   the member's id
  --name  what others see; the id, if not said
  --can   separated by commas, or given several times; read,publish, if not said
  --for   how long: a number and s, m, h or d; 1h, if not said
  --url   where \`npm run dev\` runs; ${DEV_URL}, if not said`;

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(`\n${USAGE}`);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      room: { type: "string", multiple: true },
      sub: { type: "string" },
      name: { type: "string" },
      can: { type: "string", multiple: true, default: ["read,publish"] },
      for: { type: "string", default: "1h" },
      url: { type: "string", default: DEV_URL },
    },
  });
  const made = await token(values);
  console.log(made);
  const refusal = await refusalOf(made, values.url, values.room?.[0] ?? "");
  if (refusal === undefined) return;
  console.error(`The service at ${values.url} refuses this token: ${refusal}
It reads ${SECRETS} only when it starts. Stop \`npm run dev\` and start it again.`);
}

type Values = { room?: string[]; sub?: string; name?: string; can: string[]; for: string };

async function token(values: Values): Promise<string> {
  if (values.room === undefined) throw new Error("Say for which room the token is: --room.");
  if (values.sub === undefined || values.sub === "") throw new Error("Say for whom the token is: --sub.");
  if (values.sub.startsWith("guest_"))
    throw new Error("--sub must not begin with guest_, as only the ids of guests do.");
  const can = values.can.flatMap((list) => list.split(","));
  const unknown = can.find((capability) => !KNOWN.includes(capability));
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

/** Why a running service refuses a token; undefined where it accepts it, or where none runs. */
async function refusalOf(made: string, url: string, room: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(CHECK_MS);
  try {
    // Nothing else that listens there is to be sent a token.
    const alive: unknown = await (await fetch(new URL("/healthz", url), { signal })).json();
    if (JSON.stringify(alive) !== '{"status":"ok"}') return undefined;
    const path = `/v1/rooms/${encodeURIComponent(room.replace(/\*$/, "x"))}`;
    const headers = { authorization: `Bearer ${made}` };
    const answer = await fetch(new URL(path, url), { headers, signal, redirect: "error" });
    if (answer.ok) return undefined;
    const { code, detail } = (await answer.json()) as { code: string; detail: string };
    return code === "invalid_token" || code === "misconfigured" ? detail : undefined;
  } catch {
    return undefined;
  }
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
  throw new Error(`There is no AUTH_SECRET, in the environment or in ${SECRETS}. Make one, and restart \`npm run dev\` where it runs:
  echo "AUTH_SECRET=$(openssl rand -base64 32)" >> ${SECRETS}`);
}
