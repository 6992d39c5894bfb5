import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as api from "../../src/protocol/api.ts";
import { CLOSES, RETRY_LATER_MS, retryAfterClose } from "../../src/protocol/closes.ts";
import * as down from "../../src/protocol/down.ts";
import { ERRORS } from "../../src/protocol/errors.ts";
import * as limits from "../../src/protocol/limits.ts";
import * as operator from "../../src/protocol/operator-api.ts";
import * as up from "../../src/protocol/up.ts";

/** The contract that deployed clients rely on. A change of the hash changes it for all of them. */
const PINNED = {
  version: 11,
  hash: "c99abe418caa5b465aab9d2f4fae4ef9bac1d3644a7851aa9c4c42da8d73ae98",
};

const schemas = { ...schemasOf(up), ...schemasOf(down), ...schemasOf(api), ...schemasOf(operator) };

describe("the wire contract", () => {
  test("[WIRE-4] matches the hash of its version", async () => {
    const { CONTRACT_VERSION, ...fixed } = limits;
    const contract = {
      schemas: describeAll(schemas),
      // Titles and reasons are for people and may change. Clients branch on the rest.
      errors: mapValues(ERRORS, ({ status }) => status),
      closes: mapValues(CLOSES, ({ code }) => ({ code, retry: retryAfterClose(code) })),
      retryLaterMs: RETRY_LATER_MS,
      limits: fixed,
    };
    expect(
      { version: CONTRACT_VERSION, hash: await hashOf(contract) },
      "The wire contract changed. If you meant to change it, raise CONTRACT_VERSION and update the pinned hash.",
    ).toEqual(PINNED);
  });

  test("[WIRE-4] includes every event and both binary headers", () => {
    const described = JSON.stringify(describeAll(schemas));
    const types = [...up.upSchema.options, ...down.downSchema.options].map(
      (each) => each.entries.type.literal,
    );
    expect(types).toContain("publish");
    expect(types).toContain("welcome");
    for (const type of types) expect(described).toContain(`"const":"${type}"`);
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(["binaryUpSchema", "binaryDownSchema"]));
  });
});

describe("the hash of the contract", () => {
  const base = v.object({
    type: v.literal("x"),
    id: v.pipe(v.string(), v.maxLength(64)),
    data: v.custom<unknown>((value) => value !== undefined),
    at: v.optional(v.number()),
    how: v.picklist(["now", "later"]),
  });
  const { entries } = base;
  const { id: _, ...withoutId } = entries;
  const { data: __, ...withoutData } = entries;

  const changes: [string, Schema][] = [
    ["with a renamed field", v.object({ ...withoutId, key: entries.id })],
    ["without a field", v.object(withoutId)],
    ["without a field of any JSON", v.object(withoutData)],
    ["with a new field", v.object({ ...entries, more: v.boolean() })],
    ["with another type", v.object({ ...entries, at: v.optional(v.string()) })],
    [
      "with a whole number in place of a number",
      v.object({ ...entries, at: v.optional(v.pipe(v.number(), v.integer())) }),
    ],
    ["with another bound", v.object({ ...entries, id: v.pipe(v.string(), v.maxLength(65)) })],
    ["without a bound", v.object({ ...entries, id: v.string() })],
    ["with another value of an enum", v.object({ ...entries, how: v.picklist(["now", "never"]) })],
    ["with one more value of an enum", v.object({ ...entries, how: v.picklist(["now", "later", "never"]) })],
    ["with a required field that was optional", v.object({ ...entries, at: v.number() })],
    ["with a default", v.object({ ...entries, at: v.optional(v.number(), 5) })],
    ["with another literal of the type", v.object({ ...entries, type: v.literal("y") })],
  ];

  test.each(changes)("[WIRE-4] changes %s", async (_what, changed) => {
    const before = await hashOf(describeAll({ base }));
    expect(await hashOf(describeAll({ base: changed }))).not.toBe(before);
  });

  test("[WIRE-4] does not depend on descriptions", async () => {
    const described = v.object({ ...entries, at: v.optional(v.pipe(v.number(), v.description("When."))) });
    expect(await hashOf(describeAll({ base: described }))).toBe(await hashOf(describeAll({ base })));
  });

  test("[WIRE-4] does not depend on the order of fields", async () => {
    const { type, id, ...rest } = entries;
    const reordered = v.object({ ...rest, id, type });
    expect(await hashOf(describeAll({ base: reordered }))).toBe(await hashOf(describeAll({ base })));
  });
});

type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

function schemasOf(module: Record<string, unknown>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(module).filter((entry): entry is [string, Schema] => isSchema(entry[1])),
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "schema";
}

function describeAll(all: Record<string, Schema>): Record<string, unknown> {
  // JSON Schema cannot express a custom check; the only one in the contract is "any JSON". Others throw.
  return mapValues(all, (schema) =>
    toJsonSchema(schema, {
      // A query parameter is text; the contract is the number that it is parsed to.
      typeMode: "output",
      overrideSchema: ({ valibotSchema }) =>
        valibotSchema.type === "custom" ? { title: "any JSON" } : undefined,
    }),
  );
}

function mapValues<Value, Result>(
  record: Record<string, Value>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** SHA-256 of JSON, independent of the order of fields, the order of a list of strings, and descriptions. */
async function hashOf(value: unknown): Promise<string> {
  const canonical = JSON.stringify(value, (key, part: unknown) => {
    if (key === "description" && typeof part === "string") return undefined;
    if (Array.isArray(part)) return part.every((item) => typeof item === "string") ? part.toSorted() : part;
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
