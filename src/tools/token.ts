/**
 * Prints a token for local development:
 *
 *     npm run -s token -- --room lobby --sub ada --can publish --for 1h
 *
 * AUTH_SECRET signs the token. It comes from the environment or from `.dev.vars`, which `wrangler dev` reads too. AUTH_ISSUER and
 * AUTH_AUDIENCE become claims if they are set there. If a running dev server refuses the token, the command prints the likely cause.
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { signToken } from "../auth/create-token.ts";
import { CAPABILITIES, type Capability } from "../protocol/capabilities.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DEV_VARS = ".dev.vars";
const DEFAULT_URL = "http://localhost:8787";

/** How long the dev server may take to answer. */
const CHECK_TIMEOUT_MS = 1000;

const USAGE = `npm run -s token -- --room NAME [--room 'team-*'] --sub MEMBER [--name NAME]
  [--can ${CAPABILITIES.join(",")}] [--for 1h] [--url ${DEFAULT_URL}]

  --room  a room, or a prefix that ends in *; repeat it for more rooms
  --sub   the member id
  --name  the name that other members see; default: the member id
  --can   capabilities, separated by commas or repeated; default: read,publish
  --for   lifetime: a number and s, m, h or d; default: 1h
  --url   the URL of the dev server; default: ${DEFAULT_URL}`;

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
      url: { type: "string", default: DEFAULT_URL },
    },
  });
  const token = await tokenOf(values);
  console.log(token);
  const refusal = await checkToken(token, values.url, values.room?.[0] ?? "");
  if (refusal === undefined) return;
  console.error(`The service at ${values.url} refuses this token: ${refusal}
\`npm run dev\` reads ${DEV_VARS} only when it starts. Stop it and start it again. For any other service, pass its secret as AUTH_SECRET.`);
}

type TokenOptions = { room?: string[]; sub?: string; name?: string; can: string[]; for: string };

async function tokenOf(options: TokenOptions): Promise<string> {
  if (options.room === undefined) throw new Error("Missing --room. Pass the room that the token is for.");
  if (options.sub === undefined || options.sub === "")
    throw new Error("Missing --sub. Pass the member id that the token is for.");
  if (options.sub.startsWith("guest_"))
    throw new Error("Invalid --sub: the prefix guest_ is reserved for guests. Use another member id.");
  const can = options.can.flatMap((list) => list.split(",")).map(capabilityOf);
  const claims = {
    member: options.sub,
    name: options.name,
    rooms: options.room,
    can,
    expiresIn: parseDuration(options.for),
    issuer: readSetting("AUTH_ISSUER"),
    audience: readSetting("AUTH_AUDIENCE"),
  };
  return signToken(claims, readSecret());
}

function capabilityOf(name: string): Capability {
  const known = CAPABILITIES.find((capability) => capability === name);
  if (known !== undefined) return known;
  throw new Error(`Unknown capability ${name} in --can. Use any of ${CAPABILITIES.join(", ")}.`);
}

/** Why a running service refuses the token; undefined if it accepts the token or no service runs. */
async function checkToken(token: string, url: string, room: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  try {
    // Sends the token only to a Dormouse service: another program may listen on the port.
    const health: unknown = await (await fetch(new URL("/healthz", url), { signal })).json();
    if (JSON.stringify(health) !== '{"status":"ok"}') return undefined;
    const path = `/v1/rooms/${encodeURIComponent(room.replace(/\*$/, "x"))}`;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(new URL(path, url), { headers, signal, redirect: "error" });
    if (response.ok) return undefined;
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    return code === "invalid_token" || code === "misconfigured" ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** Parses a duration such as 30m into seconds. */
function parseDuration(duration: string): number {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  const unitSeconds = UNIT_SECONDS[unit];
  if (unitSeconds === undefined || Number(count) === 0)
    throw new Error(`Invalid --for: ${duration}. Use a number and a unit, for example 30m or 1h.`);
  return Number(count) * unitSeconds;
}

/** A setting of the environment or of `.dev.vars`. An empty value counts as unset. */
function readSetting(name: string): string | undefined {
  const devVars = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, "utf8")) : {};
  return process.env[name] || devVars[name] || undefined;
}

function readSecret(): string {
  const secret = readSetting("AUTH_SECRET");
  if (secret !== undefined && secret.trim() !== "") return secret;
  throw new Error(`There is no AUTH_SECRET in the environment or in ${DEV_VARS}. Create one, then restart \`npm run dev\`:
  echo "AUTH_SECRET=$(openssl rand -base64 32)" >> ${DEV_VARS}
A service that runs without it, as by \`npm start\`, has its secret elsewhere. Pass that one:
  AUTH_SECRET="$(cat secret)" npm run -s token -- …`);
}
