/**
 * The times and sizes that the client itself fixes: milliseconds, and bytes or UTF-16 code units. The module imports nothing, so that a
 * bundler can put each number where it is used.
 */

/** How long an attempt waits for the welcome, and a connection for the answer to a ping. */
export const TIMEOUT_MS = 10_000;

/** How long a connection waits for that answer after the network or the visibility of the page has changed. */
export const QUICK_TIMEOUT_MS = 3000;

/** How long the client waits for the answer why an attempt was refused. */
export const REFUSAL_TIMEOUT_MS = 5000;

/** The slowest uplink that is allowed for, in bytes a millisecond, and the longest delay that it may add. */
export const SLOWEST_UPLINK = 4;
export const LONGEST_UPLOAD_MS = 120_000;

/** How many sockets of a page connect at the same time. From about ten on, Chromium delays the next one noticeably. */
export const MAX_CONNECTING = 6;

/** Full jitter: a wait between attempts is a random part of a bound that doubles from the first of these to the second. */
export const MIN_BACKOFF_MS = 500;
export const MAX_BACKOFF_MS = 20_000;

/** The longest wait that the client takes from the server: a day. */
export const MAX_WAIT_MS = 86_400_000;

/** A connection that lived this long resets the number of attempts. One that lived for some seconds halves it. */
export const STABLE_MS = 10_000;
export const SHORT_MS = 2000;

/** How many times in a row the client follows the advice to reconnect now. */
export const IMMEDIATE_ATTEMPTS = 3;

/** The shortest time between two tokens of one connection. */
export const MIN_TOKEN_INTERVAL_MS = 15_000;

/** The client's close code for a socket that it gives up. */
export const GIVEN_UP = 3000;

/** A publish without an answer for this long over a live connection is sent again: the room may have lost it in a crash. */
export const ANSWER_TIMEOUT_MS = 15_000;

/** The wait before a retry where the room could not store a message and named no time. */
export const UNAVAILABLE_RETRY_MS = 1000;

/** How many times a publish is sent again that the room refuses for a while. A room may refuse it so for ever. */
export const MAX_REFUSALS = 10;

/** How many publishes may be pending at a time, and how large they may be together (16 MiB): the defaults of two options. */
export const MAX_PENDING = 1000;
export const MAX_PENDING_SIZE = 16_777_216;

/** The largest frame (10 MiB): above what any service accepts, and below what a runtime closes a socket for. */
export const MAX_FRAME_SIZE = 10_485_760;

/** A publish is not added to a send buffer that would hold so much; the queue looks again after this time. */
export const SEND_BUFFER_SIZE = 65_536;
export const SEND_BUFFER_POLL_MS = 50;

/** How much of signals, state and name may wait to be sent. */
export const MAX_EPHEMERAL_SIZE = 262_144;

/** The server charges a frame one token, and one more for each full part of this size. */
export const FRAME_PART_SIZE = 16_384;

/** The server charges a page of history one token for each full part of this size. */
export const PAGE_PART_SIZE = 65_536;

/** While an iterator buffers so much, the client returns no marks, and so the server stops sending. */
export const MAX_BUFFERED = 1_048_576;

/** How many bytes, or characters, of recent messages each tab keeps for the others where they share a socket (1 MiB). */
export const MAX_SHARED_LOG = 1_048_576;

/** How often a tab asks whether the leading one is there, and how many times in a row it may not answer before another leads. */
export const TAB_PING_MS = 2000;
export const UNANSWERED_PINGS = 2;

/** How long the leading tab waits for a slow one to return a mark of the server. */
export const SLOW_TAB_MS = 10_000;

/** How long a tab without a socket stays among those that share one: longer than the wait after a leader is gone. */
export const LINGER_MS = 3000;

/** How many messages a timeline holds (the default of an option), and how large they may be together (16 MiB). */
export const TIMELINE_LIMIT = 1000;
export const MAX_TIMELINE_SIZE = 16_777_216;

/** How many messages a timeline loads at a time. */
export const PAGE_LIMIT = 50;

/** How many of this client's messages stay that have failed, or that only the server holds. */
export const MAX_SETTLED = 100;

/** How many members a reaction lists. Beyond that, only its count grows. */
export const REACTION_MEMBERS = 20;

/** How many attempts in a row a token function has where the room or the service answers `forbidden`. */
export const TOKEN_ATTEMPTS = 3;
