import type { InvalidFrame } from "../../support/invalid-frames.ts";

const nested = (levels: number, inner = "") => `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`;
const publish = (id: string, data: string) => `{"type":"publish","id":"${id}","data":${data}}`;

/** Unusual but valid data: as it is sent and, where that differs, as it is stored and delivered. */
export const UNUSUAL_DATA: [what: string, data: string, delivered?: string][] = [
  ["127 levels deep", nested(127)],
  ["128 levels deep", nested(128)],
  ["objects and arrays 128 levels deep", `${'{"a":['.repeat(64)}${"]}".repeat(64)}`],
  ["a key that is __proto__", '{"__proto__":{"polluted":true,"can":["admin"]}}'],
  ["a key that is constructor", '{"constructor":{"prototype":{"polluted":true}}}'],
  ["keys of Object.prototype", '{"toString":1,"hasOwnProperty":null,"valueOf":{"polluted":true}}'],
  ["a key that is toJSON", '{"toJSON":"x"}'],
  ["a repeated key: the last counts", '{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
  ["an empty key", '{"":{"":[]}}'],
  ["protocol events", '{"type":"bye","code":"kicked","messages":[{"type":"welcome","can":["admin"]}]}'],
  ["the greatest safe integer", "9007199254740991"],
  ["an integer beyond 2^53: the nearest double", "[9007199254740993]", "[9007199254740992]"],
  ["an integer beyond 64 bits", "[18446744073709551617]", "[18446744073709552000]"],
  ["a number of many digits", `[0.${"1".repeat(2000)}]`, "[0.1111111111111111]"],
  ["a number beyond the range of doubles: null", "[1e400,-1e400]", "[null,null]"],
  ["a number too small for a double", "[1e-400]", "[0]"],
  ["a high surrogate", String.raw`"a\ud800b"`],
  ["a low surrogate", String.raw`["\udc00"]`],
  ["surrogates in the wrong order", String.raw`{"\udc00\ud800":1}`],
  ["a null character", String.raw`"a\u0000b"`],
  ["line separators", String.raw`"\u2028\u2029"`, JSON.stringify("\u2028\u2029")],
  ["a right-to-left override", JSON.stringify("\u202egnp.exe\u2066")],
  ["markup", JSON.stringify("</script><img src=x onerror=alert(1)>")],
  ["SQL", JSON.stringify("'); DROP TABLE dormouse_segments; --")],
  ["a fragment of a messages frame", JSON.stringify('"}]}{"type":"messages","first":1,"at":1,"messages":[')],
];

/** Invalid frames, each with the code of its error. */
export const INVALID_FRAMES: InvalidFrame[] = [
  ["data 129 levels deep", publish("x", nested(129)), "invalid_event", "x"],
  ["data 129 levels deep at its end", publish("x", `[1,{"a":${nested(127)}}]`), "invalid_event", "x"],
  ["data 10,000 levels deep", publish("x", nested(10_000)), "invalid_event", "x"],
  [
    "objects 10,000 levels deep",
    publish("x", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
    "invalid_event",
    "x",
  ],
  ["an id 10,000 levels deep", `{"type":"publish","id":${nested(10_000)},"data":1}`, "invalid_event"],
  ["a type 10,000 levels deep", `{"type":${nested(10_000)},"id":"x"}`, "bad_event", "x"],
  ["an array 10,000 levels deep", nested(10_000), "bad_event"],
  ["10,000 unclosed brackets", "[".repeat(10_000), "bad_json"],
  ["a token 10,000 levels deep", `{"type":"auth","token":${nested(10_000)}}`, "invalid_event"],
  ["an event in the prototype", '{"__proto__":{"type":"publish","id":"x","data":1}}', "bad_event"],
  ["an id in the prototype", '{"type":"publish","__proto__":{"id":"x"},"data":1}', "invalid_event"],
  ["data in the prototype", '{"type":"publish","id":"x","__proto__":{"data":1}}', "invalid_event", "x"],
  ["data in the constructor", '{"type":"publish","id":"x","constructor":{"data":1}}', "invalid_event", "x"],
  [
    "a repeated type: the last counts",
    '{"type":"publish","type":"shout","id":"x","data":1}',
    "bad_event",
    "x",
  ],
  ["a repeated id: the last counts", '{"type":"publish","id":"x","id":7,"data":1}', "invalid_event"],
  ["a type after a null character", String.raw`{"type":"publish\u0000","id":"x","data":1}`, "bad_event", "x"],
  ["history before 2^53", '{"type":"history","id":"x","before":9007199254740993}', "invalid_event", "x"],
  ["history before 1e400", '{"type":"history","id":"x","before":1e400}', "invalid_event", "x"],
  ["history of 1e400", '{"type":"history","id":"x","limit":1e400}', "invalid_event", "x"],
  ["received up to 1e400", '{"type":"received","seq":1e400}', "invalid_event"],
  ["history of -0.0001", '{"type":"history","id":"x","limit":-0.0001}', "invalid_event", "x"],
  ["a byte order mark", `\ufeff${publish("x", "1")}`, "bad_json"],
  [
    "an id of 65 lone surrogates",
    publish(String.raw`\ud800`.repeat(65), "1"),
    "invalid_event",
    "\ud800".repeat(65),
  ],
];
