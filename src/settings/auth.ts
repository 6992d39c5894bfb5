import { CAPABILITIES, type Capability } from "../protocol/capabilities.ts";
import { SAFE_SECRET_CHARS } from "../protocol/token-rules.ts";
import {
  type Declaration,
  type RawSetting,
  type ReadSetting,
  SettingError,
  textSetting,
  urlSetting,
} from "./setting.ts";

export const AUTH_SETTINGS = {
  AUTH_MODE: {
    default: "open",
    description:
      "`open`: a client without a token joins as a guest. `token`: every client needs a valid token. See [ACCESS.md](ACCESS.md).",
  },
  AUTH_SECRET: {
    shows: "presence",
    description:
      "The key of HS256 tokens. It is a secret: set it with `wrangler secret put`, not in `wrangler.toml`.",
  },
  AUTH_SECRET_PREVIOUS: {
    shows: "presence",
    description:
      "The key of HS256 tokens before the current one, which is still accepted while you rotate it ([OPERATIONS.md](OPERATIONS.md#rotate-the-secrets)). It is a secret, too.",
  },
  AUTH_JWKS_URL: {
    unit: "URL",
    shows: "origin",
    description: "The address of the public keys (a JWKS) of RS256, ES256 and EdDSA tokens.",
  },
  AUTH_ISSUER: { description: "The `iss` that tokens must have. Not checked if not set." },
  AUTH_AUDIENCE: { description: "The `aud` that tokens must have. Not checked if not set." },
  AUTH_ROOMS: {
    unit: "room names",
    description:
      "The rooms of tokens without a claim `rooms`, such as those of an identity provider: names, and prefixes that end in `*`, separated by spaces. Such tokens are refused if not set.",
  },
  AUTH_CAN: {
    unit: "capabilities",
    description:
      "The capabilities of tokens without a claim `can`, separated by spaces. Such tokens are refused if not set.",
  },
  AUTH_LOGIN_URL: {
    unit: "URL or path",
    description:
      "The sign-in page that the chat page sends people to: an `https` address, `http` on localhost, or a path of the same origin such as `/login`. See [SIGNIN.md](SIGNIN.md).",
  },
} as const satisfies Record<string, Declaration>;

/** The settings that say who may join, and how tokens are verified. */
export type AuthSettings = {
  /** `open`: a client without a token is a guest. `token`: every client needs a valid token. */
  mode: "open" | "token";
  /** The key of HS256 tokens. */
  secret: string | undefined;
  /** The key before, which is still accepted. */
  previousSecret?: string | undefined;
  /** The address of the public keys of RS256, ES256 and EdDSA tokens (RFC 7517). */
  jwksUrl: string | undefined;
  issuer: string | undefined;
  audience: string | undefined;
  /** The capabilities that a token without the claim grants; undefined where it is refused. */
  rooms: readonly string[] | undefined;
  can: readonly Capability[] | undefined;
  /** Where the chat page sends people to sign in: an address, or a path of the same origin. */
  loginUrl: string | undefined;
};

/** @throws SettingError */
export function parseAuth(read: ReadSetting): AuthSettings {
  const { label, value: mode = AUTH_SETTINGS.AUTH_MODE.default } = read("AUTH_MODE");
  if (mode !== "open" && mode !== "token") {
    throw new SettingError(`${label} is ${JSON.stringify(mode)}. Set it to "open" or "token".`);
  }
  const secret = parseSecret(read("AUTH_SECRET"));
  const previousSecret = parseSecret(read("AUTH_SECRET_PREVIOUS"));
  if (previousSecret !== undefined && secret === undefined) {
    throw new SettingError(
      "AUTH_SECRET_PREVIOUS is set without AUTH_SECRET. Set AUTH_SECRET to the current secret as well.",
    );
  }
  const jwksUrl = urlSetting(read("AUTH_JWKS_URL"));
  if (mode === "token" && secret === undefined && jwksUrl === undefined) {
    throw new SettingError(
      `${label} is "token", but no token can be verified. Set AUTH_SECRET or AUTH_JWKS_URL as well.`,
    );
  }
  const [issuer, audience] = [textSetting(read("AUTH_ISSUER")), textSetting(read("AUTH_AUDIENCE"))];
  const rooms = wordsOf(textSetting(read("AUTH_ROOMS")));
  const [can, loginUrl] = [parseCan(read), parseLoginUrl(read)];
  return { mode, secret, previousSecret, jwksUrl, issuer, audience, rooms, can, loginUrl };
}

const LOCAL_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

function parseLoginUrl(read: ReadSetting): string | undefined {
  const raw = read("AUTH_LOGIN_URL");
  const url = textSetting(raw);
  if (url === undefined || isPath(url) || isSecureUrl(url)) return url;
  throw new SettingError(
    `${raw.label} is not an address that people can sign in at. Set it to an https address, or to a path such as /login.`,
  );
}

/** Browsers read `//host`, and some other texts that begin with a slash, as the address of another host. */
function isPath(text: string): boolean {
  const base = "https://same-origin.invalid";
  return text.startsWith("/") && URL.parse(text, base)?.origin === base;
}

function isSecureUrl(text: string): boolean {
  const { protocol, hostname, username, password } = URL.parse(text) ?? {};
  const isLocal = protocol === "http:" && LOCAL_HOSTS.has(hostname ?? "");
  return (protocol === "https:" || isLocal) && username === "" && password === "";
}

function parseCan(read: ReadSetting): readonly Capability[] | undefined {
  const raw = read("AUTH_CAN");
  const words = wordsOf(textSetting(raw));
  return words?.map((word) => {
    const known = CAPABILITIES.find((capability) => capability === word);
    if (known !== undefined) return known;
    throw new SettingError(
      `${raw.label} has ${JSON.stringify(word)}, which is not a capability. Use some of ${CAPABILITIES.join(", ")}.`,
    );
  });
}

function wordsOf(text: string | undefined): string[] | undefined {
  return text?.split(/[\s,]+/).filter((word) => word !== "");
}

function parseSecret(raw: RawSetting): string | undefined {
  const secret = textSetting(raw);
  if (secret === undefined) return undefined;
  if (secret.trim() === "") {
    throw new SettingError(
      `${raw.label} is blank. Set it to at least ${SAFE_SECRET_CHARS} random characters.`,
    );
  }
  if (secret.length < SAFE_SECRET_CHARS) {
    console.warn(
      `${raw.label} has less than ${SAFE_SECRET_CHARS} characters and can be guessed. Set a longer one (RFC 7518, section 3.2).`,
    );
  }
  return secret;
}
