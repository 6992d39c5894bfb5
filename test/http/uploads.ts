import * as v from "valibot";
import { expect } from "vitest";
import { publishedSchema } from "../../src/protocol/api.ts";
import { begunUploadSchema } from "../../src/protocol/files.ts";
import { callWith, type Sent } from "./call.ts";

/** The smallest parts that the store takes. */
export const PART = 5_242_880;

/** Guests of the tests: each key is another member. */
export const ADA = "ada-ada-ada-ada-ada";
export const BOB = "bob-bob-bob-bob-bob";

export const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

export const text = (content: string) => new TextEncoder().encode(content);

/** Bytes that differ from part to part. */
export function filled(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 16)) % 251);
}

/** A caller who uploads files to a room. */
export class UploadCaller {
  readonly room: string;
  readonly #credential: string;
  readonly #settings: object;

  constructor(room: string, credential = ADA, settings: object = {}) {
    this.room = room;
    this.#credential = credential;
    this.#settings = { FILE_PART_BYTES: PART, ...settings };
  }

  /** Sends a request about the files of the room. */
  send(path: string, method: string, sent: Sent = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#credential}`, ...sent.headers };
    return callWith(this.#settings, `/v1/rooms/${this.room}/files${path}`, { ...sent, method, headers });
  }

  post(path: string, json: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, "POST", {
      body: JSON.stringify(json),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, "GET", { headers });
  }

  /** @returns the id of the file */
  async begin(size: number, about: object = {}): Promise<string> {
    const answer = await this.post("", { name: "a.bin", type: "", size, ...about });
    expect(answer.status).toBe(201);
    return v.parse(begunUploadSchema, await answer.json()).file;
  }

  put(file: string, part: number | string, bytes: Uint8Array): Promise<Response> {
    return this.send(`/${file}/parts/${part}`, "PUT", { body: bytes as BodyInit });
  }

  async putAll(file: string, bytes: Uint8Array): Promise<void> {
    for (let part = 1; (part - 1) * PART < bytes.length; part++) {
      const answer = await this.put(file, part, bytes.subarray((part - 1) * PART, part * PART));
      expect(answer.status).toBe(200);
    }
  }

  complete(file: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    return this.post(`/${file}/complete`, body, headers);
  }

  /** Uploads and publishes a file. @returns its id, and the seq of its message */
  async upload(
    bytes: Uint8Array,
    about: object = {},
    body: object = {},
  ): Promise<{ file: string; seq: number }> {
    const file = await this.begin(bytes.length, about);
    await this.putAll(file, bytes);
    const answer = await this.complete(file, body);
    expect(answer.status).toBe(201);
    const { messages } = v.parse(publishedSchema, await answer.json());
    return { file, seq: messages[0]?.seq ?? 0 };
  }
}

export async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
