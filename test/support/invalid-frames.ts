/** An invalid frame: a description, the frame, and the code and id of its error. */
export type InvalidFrame = [what: string, frame: string | Buffer, code: string, id?: string];

const event = (fields: object) => JSON.stringify(fields);

/** A binary frame that states this header length, whatever follows. */
const binary = (length: number, rest: string | Buffer) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, Buffer.from(rest)]);
};

/** A binary frame with a correct header length. */
const framed = (header: unknown) => {
  const text = JSON.stringify(header);
  return binary(Buffer.byteLength(text), `${text}bytes`);
};

export const NOT_JSON: InvalidFrame[] = [
  "",
  " ",
  "hello",
  "{",
  "undefined",
  "NaN",
  "{'type':'publish'}",
  '{"type":"publish","id":"x","data":1,}',
  '{"type":"publish","id":"x","data":1}{}',
].map((text) => [JSON.stringify(text), text, "bad_json"]);

export const NOT_EVENTS: InvalidFrame[] = [
  ["null", "null", "bad_event"],
  ["a number", "7", "bad_event"],
  ["a string", '"publish"', "bad_event"],
  ["an array", "[]", "bad_event"],
  ["an event in an array", '[{"type":"publish","id":"x","data":1}]', "bad_event"],
  ["an empty object", "{}", "bad_event"],
  ["no type", event({ id: "x", data: 1 }), "bad_event", "x"],
  ["an unknown type", event({ type: "shout", id: "x", data: 1 }), "bad_event", "x"],
  ["a type in another case", event({ type: "Publish", id: "x", data: 1 }), "bad_event", "x"],
  ["a type that only the server sends", event({ type: "messages", id: "x", first: 1 }), "bad_event", "x"],
  ["a type that is constructor", event({ type: "constructor", id: "x" }), "bad_event", "x"],
  ["a type that is __proto__", event({ type: "__proto__", id: "x" }), "bad_event", "x"],
  ["a type that is a number", event({ type: 1, id: "x" }), "bad_event", "x"],
  ["a type that is null", event({ type: null, id: "x" }), "bad_event", "x"],
  ["a type that is a list", event({ type: ["publish"], id: "x", data: 1 }), "bad_event", "x"],
  ["a type in the prototype", '{"__proto__":{"type":"publish"},"id":"x","data":1}', "bad_event", "x"],
  ["an id that is a number", event({ type: "shout", id: 7 }), "bad_event"],
];

const LONG = "x".repeat(65);

export const INVALID_FIELDS: InvalidFrame[] = [
  ["publish without an id", event({ type: "publish", data: 1 }), "invalid_event"],
  ["publish with an id that is a number", event({ type: "publish", id: 7, data: 1 }), "invalid_event"],
  ["publish with an id that is null", event({ type: "publish", id: null, data: 1 }), "invalid_event"],
  ["publish with an id that is a list", event({ type: "publish", id: ["x"], data: 1 }), "invalid_event"],
  ["publish with an empty id", event({ type: "publish", id: "", data: 1 }), "invalid_event", ""],
  ["publish with a long id", event({ type: "publish", id: LONG, data: 1 }), "invalid_event", LONG],
  ["publish without data", event({ type: "publish", id: "x" }), "invalid_event", "x"],
  ["signal without data", event({ type: "signal" }), "invalid_event"],
  ["signal to a string", event({ type: "signal", data: 1, to: "a" }), "invalid_event"],
  ["signal to null", event({ type: "signal", data: 1, to: null }), "invalid_event"],
  ["signal to an empty list", event({ type: "signal", data: 1, to: [] }), "invalid_event"],
  ["signal to a number", event({ type: "signal", data: 1, to: ["a", 7] }), "invalid_event"],
  ["signal to too many", event({ type: "signal", data: 1, to: Array(101).fill("a") }), "invalid_event"],
  ["presence with a name that is a number", event({ type: "presence", name: 7 }), "invalid_event"],
  ["presence with a name that is null", event({ type: "presence", name: null }), "invalid_event"],
  ["history without an id", event({ type: "history" }), "invalid_event"],
  ["history with an id that is a number", event({ type: "history", id: 7 }), "invalid_event"],
  ["history with an empty id", event({ type: "history", id: "" }), "invalid_event", ""],
  ["history with a long id", event({ type: "history", id: LONG }), "invalid_event", LONG],
  ...[-1, 0.5, "1", null, 2 ** 53].map((before): InvalidFrame => {
    return [
      `history before ${JSON.stringify(before)}`,
      event({ type: "history", id: "x", before }),
      "invalid_event",
      "x",
    ];
  }),
  ...[0, -1, 1001, 0.5, "5", null].map((limit): InvalidFrame => {
    return [
      `history with a limit of ${JSON.stringify(limit)}`,
      event({ type: "history", id: "x", limit }),
      "invalid_event",
      "x",
    ];
  }),
  ["received without a seq", event({ type: "received" }), "invalid_event"],
  ...[-1, 0.5, "1", null, 2 ** 53].map((seq): InvalidFrame => {
    return [`received up to ${JSON.stringify(seq)}`, event({ type: "received", seq }), "invalid_event"];
  }),
  ["auth without a token", event({ type: "auth" }), "invalid_event"],
  ["auth with an empty token", event({ type: "auth", token: "" }), "invalid_event"],
  ["auth with a token that is a number", event({ type: "auth", token: 7 }), "invalid_event"],
];

export const INVALID_BINARY: InvalidFrame[] = [
  ["no bytes", Buffer.alloc(0), "bad_frame"],
  ["three bytes", Buffer.alloc(3), "bad_frame"],
  ["a length without a header", binary(2, ""), "bad_frame"],
  ["a length of 0", binary(0, '{"type":"publish","id":"x"}'), "bad_frame"],
  ["a length beyond the frame", binary(28, '{"type":"publish","id":"x"}'), "bad_frame"],
  ["a length beyond the limit", binary(4097, `{"type":"publish","id":"x"${" ".repeat(4071)}}`), "bad_frame"],
  ["a huge length", binary(0xffffffff, '{"type":"publish","id":"x"}'), "bad_frame"],
  ["a length that truncates the header", binary(26, '{"type":"publish","id":"x"}'), "bad_frame"],
  ["a header that is not JSON", binary(7, "publish"), "bad_frame"],
  ["a header that is not UTF-8", binary(4, Buffer.from([0x22, 0xc3, 0x28, 0x22])), "bad_frame"],
  ["a text frame sent as bytes", Buffer.from('{"type":"publish","id":"x","data":1}'), "bad_frame"],
  ["a header that is a string", framed("publish"), "bad_event"],
  ["a header that is null", framed(null), "bad_event"],
  ["a header without a type", framed({ id: "x" }), "bad_event", "x"],
  ["a header that only the server sends", framed({ type: "message", seq: 1, id: "x" }), "bad_event", "x"],
  ["a header without an id", framed({ type: "publish" }), "invalid_event"],
  ["a header with an id that is a number", framed({ type: "publish", id: 7 }), "invalid_event"],
  ["a header with an empty id", framed({ type: "publish", id: "" }), "invalid_event", ""],
  ["a header with a long id", framed({ type: "publish", id: LONG }), "invalid_event", LONG],
];

/** A valid binary publish. Spaces pad its header to `headerBytes`. */
export function binaryMessage(id: string, bytes: Buffer, headerBytes = 0): Buffer {
  const text = JSON.stringify({ type: "publish", id }).padEnd(headerBytes);
  return Buffer.concat([binary(Buffer.byteLength(text), text), bytes]);
}
