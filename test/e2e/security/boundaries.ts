import { binaryMessage } from "../../support/invalid-frames.ts";
import type { RawRequest } from "../../support/raw-request.ts";
import { ALL, token, tokenOfBytes } from "../../support/tokens.ts";
import { bearer, V1 } from "./helpers.ts";

export const admin = bearer(token({ can: ALL }));
export const upgrade = (headers: Record<string, string> = {}): RawRequest => ({
  upgrade: true,
  headers: { "sec-websocket-protocol": V1, ...headers },
});

type Boundary<Sent> = [what: string, sizes: [size: number, code: string][], at: (size: number) => Sent];

/** Sizes in a path, header or query, each with the code of its answer. */
export const REQUEST_LIMITS: Boundary<[path: string, sent: RawRequest]>[] = [
  [
    "bytes of a token",
    [
      [8191, "answered"],
      [8192, "answered"],
      [8193, "invalid_token"],
    ],
    (n) => ["", bearer(tokenOfBytes(n))],
  ],
  [
    "bytes of a token in an upgrade",
    [
      [8191, "let in"],
      [8192, "let in"],
      [8193, "invalid_token"],
    ],
    (n) => ["", upgrade(bearer(tokenOfBytes(n)).headers)],
  ],
  [
    "characters of a sub",
    [
      [0, "invalid_token"],
      [1, "let in"],
      [127, "let in"],
      [128, "let in"],
      [129, "invalid_token"],
    ],
    (n) => ["", upgrade(bearer(token({ sub: "m".repeat(n) })).headers)],
  ],
  [
    "characters of a guest key",
    [
      [15, "invalid_token"],
      [16, "let in"],
      [17, "let in"],
      [63, "let in"],
      [64, "let in"],
      [65, "invalid_token"],
    ],
    (n) => ["", upgrade(bearer("k".repeat(n)).headers)],
  ],
  [
    "characters of a guest's name",
    [
      // The service treats an empty name as absent, and generates one.
      [0, "let in"],
      [1, "let in"],
      [9, "let in"],
      [10, "let in"],
      [11, "invalid_name"],
    ],
    (n) => [`?name=${"n".repeat(n)}`, upgrade()],
  ],
  [
    "emoji of a guest's name",
    [
      [9, "let in"],
      [10, "let in"],
      [11, "invalid_name"],
    ],
    (n) => [`?name=${"%F0%9F%90%AD".repeat(n)}`, upgrade()],
  ],
  [
    "limit of a history call",
    [
      [0, "invalid_query"],
      [1, "answered"],
      [999, "answered"],
      [1000, "answered"],
      [1001, "invalid_query"],
    ],
    (n) => [`/messages?limit=${n}`, {}],
  ],
  [
    "seconds of a ban",
    [
      [31_535_999, "answered"],
      [31_536_000, "answered"],
      [31_536_001, "invalid_query"],
    ],
    (n) => [`/members/x?ban=${n}`, { ...admin, method: "DELETE" }],
  ],
];

/** Invalid requests, each with the code of its answer. */
export const INVALID_REQUESTS: [what: string, path: string, sent: RawRequest, code: string][] = [
  ["a negative history", "?history=-1", upgrade(), "invalid_query"],
  ["a history in exponent notation", "?history=1e3", upgrade(), "invalid_query"],
  ["a history in hexadecimal", "?history=0x10", upgrade(), "invalid_query"],
  ["a history in full-width digits", "?history=%EF%BC%91", upgrade(), "invalid_query"],
  ["a history beyond 2^53", "?history=9007199254740993", upgrade(), "invalid_query"],
  ["a position beyond 2^53", "/messages?before=9007199254740993", {}, "invalid_query"],
  ["a position that is text", "/messages?after=;DROP%20TABLE%20dormouse_segments", {}, "invalid_query"],
  ["both before and after", "/messages?before=1&after=1", {}, "invalid_query"],
  ["a negative ban", "/members/x?ban=-1", { ...admin, method: "DELETE" }, "invalid_query"],
  ["an infinite ban", "/members/x?ban=Infinity", { ...admin, method: "DELETE" }, "invalid_query"],
  ["a member that is not UTF-8", "/members/%ff", { ...admin, method: "DELETE" }, "invalid_query"],
  ["no member", "/members/", { ...admin, method: "DELETE" }, "not_found"],
  ["a name of control characters", "?name=a%0ab", upgrade(), "invalid_name"],
  ["a name of spaces", "?name=%20%E3%80%80%C2%A0", upgrade(), "invalid_name"],
  [
    "another subprotocol",
    "",
    upgrade({ "sec-websocket-protocol": `bearer.${token()}` }),
    "unknown_subprotocol",
  ],
  [
    "a later version of the subprotocol",
    "",
    upgrade({ "sec-websocket-protocol": "dormouse.v2" }),
    "unknown_subprotocol",
  ],
  [
    "a subprotocol in another case",
    "",
    upgrade({ "sec-websocket-protocol": "Dormouse.V1" }),
    "unknown_subprotocol",
  ],
  ["an unsupported method", "", { method: "PUT" }, "method_not_allowed"],
];

const publish = (id: string, data: unknown) => ({ type: "publish", id, data });

/** Sizes in a frame, each with the kind of its answer. */
export const FRAME_LIMITS: Boundary<string | Buffer | object>[] = [
  [
    "bytes of a string",
    [
      [999, "messages"],
      [1000, "messages"],
      [1001, "too_big"],
    ],
    (n) => publish("x", "x".repeat(n)),
  ],
  [
    "bytes of an array",
    [
      [999, "messages"],
      [1000, "messages"],
      [1001, "too_big"],
    ],
    (n) => publish("x", ["x".repeat(n - 4)]),
  ],
  [
    "bytes of three-byte characters",
    [
      [999, "messages"],
      [1002, "too_big"],
    ],
    (n) => publish("x", "大".repeat(n / 3)),
  ],
  [
    "bytes of lone surrogates",
    [
      [996, "messages"],
      [1002, "too_big"],
    ],
    (n) => publish("x", "\ud800".repeat(n / 6)),
  ],
  [
    "bytes of a binary message",
    [
      [999, "bytes"],
      [1000, "bytes"],
      [1001, "too_big"],
    ],
    (n) => binaryMessage("x", Buffer.alloc(n)),
  ],
  [
    "characters of an id",
    [
      [0, "invalid_event"],
      [1, "messages"],
      [63, "messages"],
      [64, "messages"],
      [65, "invalid_event"],
    ],
    (n) => publish("i".repeat(n), 1),
  ],
  [
    "characters of a binary message's id",
    [
      [0, "invalid_event"],
      [63, "bytes"],
      [64, "bytes"],
      [65, "invalid_event"],
    ],
    (n) => binaryMessage("i".repeat(n), Buffer.alloc(1)),
  ],
  [
    "limit of a history frame",
    [
      [0, "invalid_event"],
      [1, "history"],
      [999, "history"],
      [1000, "history"],
      [1001, "invalid_event"],
    ],
    (limit) => ({ type: "history", id: "h", limit }),
  ],
  [
    "bytes of a binary header",
    [
      [4095, "bytes"],
      [4096, "bytes"],
      [4097, "bad_frame"],
    ],
    (n) => binaryMessage("x", Buffer.alloc(1), n),
  ],
  [
    "bytes of a token in an auth frame",
    [
      [8192, "nothing"],
      [8193, "invalid_token"],
    ],
    (n) => ({ type: "auth", token: tokenOfBytes(n) }),
  ],
];
