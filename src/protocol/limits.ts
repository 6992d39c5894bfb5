/** Sizes that the wire contract fixes. Sizes that a deployment can choose are in `src/settings/`. */

/** The subprotocol in `Sec-WebSocket-Protocol` (RFC 6455, section 1.9). */
export const SUBPROTOCOL = "dormouse.v1";

/** Raised with every change of the wire contract. `test/protocol/contract.test.ts` checks it against a hash of the contract. */
export const CONTRACT_VERSION = 11;

/** Upper limit of a message id, in UTF-16 code units. */
export const ID_CHARS = 64;

/** Upper limit of a mark, in UTF-16 code units. */
export const MARK_CHARS = 64;

/** The feature name for marks: a client that returns marks sends it in `?features=`. */
export const MARKS = "marks";

/** The feature name for operations on messages: the server takes them. */
export const OPS = "ops";

/** The features in `welcome.features`: additions to the first version of the protocol. */
export const FEATURES = [MARKS, OPS] as const;

/** Upper limit of the key of a reaction, in UTF-16 code units. */
export const REACTION_KEY_CHARS = 64;

/** Upper limits of different keys on a message, and of keys of one member on it. */
export const REACTION_KEYS = { message: 20, member: 10 } as const;

/** Members that are listed for a reaction. The others are counted. */
export const REACTION_MEMBERS = 20;

/** Upper limit of a room name, in bytes of UTF-8 after percent-decoding and NFC. */
export const ROOM_BYTES = 128;

/** The length of a guest key: random base64url characters that a client generates and keeps. */
export const GUEST_KEY_CHARS = { min: 16, max: 64 } as const;

/** Upper limit of a member id (the claim `sub`), in UTF-16 code units. */
export const MEMBER_CHARS = 128;

/** The lifetime of an invitation, in seconds: a minute to seven days. */
export const INVITATION_SECONDS = { min: 60, default: 86_400, max: 604_800 } as const;

/** Upper limit of a token, in bytes. Browsers and proxies reject headers that are much longer. */
export const TOKEN_BYTES = 8192;

/** Messages in one answer to `history`. */
export const HISTORY_LIMIT = { default: 50, max: 1000 } as const;

/** Rooms in one page of the list of rooms. */
export const ROOMS_LIMIT = { default: 100, max: 1000 } as const;

/** Upper limits of an import: its bytes, and those of one line. */
export const IMPORT_BYTES = { body: 536_870_912, line: 8_388_608 } as const;

/** Upper limit of the data of a signal, in bytes of JSON. An SDP offer fits. */
export const SIGNAL_BYTES = 16_384;

/** Upper limit of messages in one HTTP publish. Their sizes count together, because they share a row of the log. */
export const BATCH_MESSAGES = 100;

/** Upper limit of rooms in one `publishMany`. */
export const BATCH_ROOMS = 100;

/** Upper limit of a ban, in seconds: one year. */
export const BAN_SECONDS = 31_536_000;

/** Upper limit of members in the `to` of a signal. */
export const SIGNAL_MEMBERS = 100;

/** Upper limit of the JSON header of a binary frame, in bytes. */
export const BINARY_HEADER_BYTES = 4096;

/** Upper limit of nested arrays and objects in the data of a message. Common JSON libraries accept it. */
export const DATA_DEPTH = 128;

/** Frames in a row that are not JSON, after which the socket is closed with 1007. */
export const MALFORMED_FRAMES = 20;

/** Frames over the rate limit without a pause of one second, after which the socket is closed with 4008. A client's queue is shorter. */
export const REFUSED_FRAMES = 1000;

/** How long before its token expires a session is notified, in milliseconds. */
export const EXPIRY_NOTICE_MS = 60_000;

/** The runtime answers `ping` with `pong` without waking the room. */
export const PING = "ping";
export const PONG = "pong";
