import type { BadFrame } from "../../support/invalid-frames.ts";

const nested = (levels: number, inner = "") => `${"[".repeat(levels)}${inner}${"]".repeat(levels)}`;
const publish = (id: string, data: string) => `{"type":"publish","id":"${id}","data":${data}}`;

/** Data that is legal, whatever it looks like: the frame, and the data as it must be stored and delivered, in JSON. */
export const ODD_DATA: [what: string, data: string, delivered?: string][] = [
  ["127 levels deep", nested(127)],
  ["128 levels deep", nested(128)],
  ["128 levels deep, of objects and arrays", `${'{"a":['.repeat(64)}${"]}".repeat(64)}`],
  ["a key that is __proto__", '{"__proto__":{"polluted":true,"can":["admin"]}}'],
  ["a key that is constructor", '{"constructor":{"prototype":{"polluted":true}}}'],
  ["keys that every object has", '{"toString":1,"hasOwnProperty":null,"valueOf":{"polluted":true}}'],
  ["a toJSON", '{"toJSON":"x"}'],
  ["one key twice: the last counts", '{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
  ["an empty key", '{"":{"":[]}}'],
  ["events of its own", '{"type":"bye","code":"kicked","messages":[{"type":"welcome","can":["admin"]}]}'],
  ["the greatest whole number that is safe", "9007199254740991"],
  ["a number beyond 2^53: as near as a double is", "[9007199254740993]", "[9007199254740992]"],
  ["a number beyond 64 bits", "[18446744073709551617]", "[18446744073709552000]"],
  ["a number of many digits", `[0.${"1".repeat(2000)}]`, "[0.1111111111111111]"],
  ["a number beyond all doubles: null, as no JSON holds infinity", "[1e400,-1e400]", "[null,null]"],
  ["a number that is almost nothing", "[1e-400]", "[0]"],
  ["half a surrogate pair", String.raw`"a\ud800b"`],
  ["the other half", String.raw`["\udc00"]`],
  ["the halves in the wrong order", String.raw`{"\udc00\ud800":1}`],
  ["a null character", String.raw`"a\u0000b"`],
  ["line separators", String.raw`"\u2028\u2029"`, JSON.stringify("\u2028\u2029")],
  ["the other direction of writing", JSON.stringify("\u202egnp.exe\u2066")],
  ["markup", JSON.stringify("</script><img src=x onerror=alert(1)>")],
  ["SQL", JSON.stringify("'); DROP TABLE segments; --")],
  ["the frame of a log", JSON.stringify('"}]}{"type":"messages","first":1,"at":1,"messages":[')],
];

/** Frames that get an error, and nothing more. */
export const BAD_DATA: BadFrame[] = [
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
  ["10,000 levels and no event", nested(10_000), "bad_event"],
  ["10,000 levels that do not end", "[".repeat(10_000), "bad_json"],
  ["a token 10,000 levels deep", `{"type":"auth","token":${nested(10_000)}}`, "invalid_event"],
  ["an event in the prototype", '{"__proto__":{"type":"publish","id":"x","data":1}}', "bad_event"],
  ["an id in the prototype", '{"type":"publish","__proto__":{"id":"x"},"data":1}', "invalid_event"],
  ["data in the prototype", '{"type":"publish","id":"x","__proto__":{"data":1}}', "invalid_event", "x"],
  ["data in the constructor", '{"type":"publish","id":"x","constructor":{"data":1}}', "invalid_event", "x"],
  [
    "one type twice: the last counts",
    '{"type":"publish","type":"shout","id":"x","data":1}',
    "bad_event",
    "x",
  ],
  ["one id twice: the last counts", '{"type":"publish","id":"x","id":7,"data":1}', "invalid_event"],
  ["a type after a null character", String.raw`{"type":"publish\u0000","id":"x","data":1}`, "bad_event", "x"],
  ["history before 2^53", '{"type":"history","id":"x","before":9007199254740993}', "invalid_event", "x"],
  ["history before 1e400", '{"type":"history","id":"x","before":1e400}', "invalid_event", "x"],
  ["history of 1e400", '{"type":"history","id":"x","limit":1e400}', "invalid_event", "x"],
  ["received up to 1e400", '{"type":"received","seq":1e400}', "invalid_event"],
  ["history of -0.0001", '{"type":"history","id":"x","limit":-0.0001}', "invalid_event", "x"],
  ["a byte order mark", `\ufeff${publish("x", "1")}`, "bad_json"],
  [
    "an id of half surrogate pairs, too long",
    publish(String.raw`\ud800`.repeat(65), "1"),
    "invalid_event",
    "\ud800".repeat(65),
  ],
];
