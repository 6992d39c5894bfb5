import { base64url, fromBase64 } from "../../protocol/base64.ts";
import type { SignedLink } from "../../rpc/file-calls.ts";

/** The key under which the room keeps the secret of its links. */
const KEY = "dormouse file links";
const SECRET_BYTES = 32;
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** Signs and checks links to files, by a secret of the room. The first link creates it; an erase ends all links. */
export class FileLinks {
  readonly #kv: SyncKvStorage;

  constructor({ kv }: Pick<DurableObjectStorage, "kv">) {
    this.#kv = kv;
  }

  async sign(file: string, expires: number): Promise<SignedLink> {
    const secret = this.#secret ?? this.#newSecret();
    const signature = await crypto.subtle.sign(ALGORITHM, await keyOf(secret), textOf(file, expires));
    return { expires, signature: base64url(new Uint8Array(signature)) };
  }

  /** Whether a link was signed for this file and has not expired. */
  async isValid(file: string, { expires, signature }: SignedLink, now: number): Promise<boolean> {
    const secret = this.#secret;
    if (secret === undefined || !(expires > now)) return false;
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = fromBase64(signature.replaceAll("-", "+").replaceAll("_", "/"));
    } catch {
      return false;
    }
    return await crypto.subtle.verify(ALGORITHM, await keyOf(secret), bytes, textOf(file, expires));
  }

  /** Ends all links. */
  forget(): void {
    if (this.#secret !== undefined) this.#kv.delete(KEY);
  }

  get #secret(): Uint8Array<ArrayBuffer> | undefined {
    const stored: unknown = this.#kv.get(KEY);
    return stored instanceof Uint8Array ? new Uint8Array(stored) : undefined;
  }

  #newSecret(): Uint8Array<ArrayBuffer> {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    this.#kv.put(KEY, secret);
    return secret;
  }
}

function keyOf(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, ALGORITHM, false, ["sign", "verify"]);
}

/** The signed text. A file id has no line break, so no two links share a text. */
function textOf(file: string, expires: number): Uint8Array {
  return new TextEncoder().encode(`read\n${file}\n${expires}`);
}
