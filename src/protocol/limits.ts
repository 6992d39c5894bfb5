/**
 * The sizes that the wire itself fixes. What a deployment may choose is in `config.ts`.
 */

/** The subprotocol, as offered and answered in `Sec-WebSocket-Protocol` (RFC 6455, section 1.9). */
export const SUBPROTOCOL = "dormouse.v1";

/** Rises with every change of the wire contract; `test/protocol/contract.test.ts` holds the two together. */
export const CONTRACT_VERSION = 8;

/** A message id, chosen by its publisher: 1 to this many UTF-16 code units. */
export const ID_CHARS = 64;

/** Characters of a mark, which a client returns as it received it. */
export const MARK_CHARS = 64;

/** The feature of a client that returns marks, and of a server that sends them to those who say so in `?features=`. */
export const MARKS = "marks";

/** Names in `welcome.features`: what this server speaks beyond the first version of the protocol. */
export const FEATURES = [MARKS] as const;

/** A room name: 1 to this many bytes of UTF-8, after percent-decoding and NFC. */
export const ROOM_BYTES = 128;

/** A guest key: random base64url characters that a client makes and keeps. */
export const GUEST_KEY_CHARS = { min: 16, max: 64 } as const;

/** A member id, as a token gives it (`sub`): 1 to this many UTF-16 code units, none of them a control character. */
export const MEMBER_CHARS = 128;

/** A token, in bytes: browsers and proxies take no headers that are much longer. */
export const TOKEN_BYTES = 8192;

/** Messages in one `history` answer. */
export const HISTORY_LIMIT = { default: 50, max: 1000 } as const;

/** The data of a signal as JSON, in bytes: enough for the offer of a call, and little enough to be sent many times a second. */
export const SIGNAL_BYTES = 16_384;

/** Messages of one publish over HTTP; together they weigh no more than one message may, since they share one row. */
export const BATCH_MESSAGES = 100;

/** Rooms of one publish to many. */
export const BATCH_ROOMS = 100;

/** Seconds of a ban: a year. */
export const BAN_SECONDS = 31_536_000;

/** Members that one signal may be for, where it is not for all. */
export const SIGNAL_MEMBERS = 100;

/** The JSON header of a binary frame, in bytes. Names and ids are bounded, so nothing honest comes near. */
export const BINARY_HEADER_BYTES = 4096;

/** Arrays and objects inside each other in the data of a message: what every JSON library of the field takes. */
export const DATA_DEPTH = 128;

/** Frames in a row that are not JSON before a socket is closed with 1007. */
export const MALFORMED_FRAMES = 20;

/** Frames that came too fast, with no second's pause between them, before a socket is closed with 4008. More than a client's queue holds. */
export const REFUSED_FRAMES = 1000;

/** How long before its end a session is told of it, in milliseconds. */
export const EXPIRY_NOTICE_MS = 60_000;

/** Text that the runtime answers by itself, without waking the room. */
export const PING = "ping";
export const PONG = "pong";
