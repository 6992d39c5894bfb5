import { PONG, TEXT } from "../raw-socket.ts";
import {
  type Case,
  close,
  closes,
  closeWith,
  echoes,
  fails,
  NOT_UTF8,
  PROTOCOL_ERROR,
  ping,
  pong,
  reports,
  rest,
  text,
} from "./case.ts";

const answer = (payload: string | Buffer) => ({ opcode: PONG, payload: Buffer.from(payload) });
const BYTES = Buffer.of(0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff);
const full = (bytes: number) => Buffer.alloc(bytes, 0xfe);
const names = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
const tenPings = names.map((name) => ping(name));

/** Section 2: pings and pongs (RFC 6455, sections 5.5.2 and 5.5.3). */
export const PINGS: readonly Case[] = [
  echoes("2.1", "a ping without payload", { steps: [ping()] }, [answer("")]),
  echoes("2.2", "a ping with text", { steps: [ping("Hello, world!")] }, [answer("Hello, world!")]),
  echoes("2.3", "a ping with bytes", { steps: [ping(BYTES)] }, [answer(BYTES)]),
  echoes("2.4", "a ping with 125 bytes", { steps: [ping(full(125))] }, [answer(full(125))]),
  fails("2.5", "a ping with 126 bytes", { steps: [ping(full(126))] }),
  echoes("2.6", "a ping with 125 bytes, byte by byte", { steps: [ping(full(125))], cut: 1 }, [
    answer(full(125)),
  ]),
  closes("2.7", "a pong without payload, then a close", [pong(), close()]),
  closes("2.8", "a pong with payload, then a close", [pong("unasked"), close()]),
  echoes("2.9", "a pong, then a ping", { steps: [pong("unasked"), ping("asked")] }, [answer("asked")]),
  echoes("2.10", "ten pings in one write", { steps: tenPings }, names.map(answer)),
  echoes("2.11", "ten pings, byte by byte", { steps: tenPings, cut: 1 }, names.map(answer)),
];

/** Legal codes, and codes that may not be sent (RFC 6455, section 7.4). */
const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const INVALID = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
const NOT_TEXT = Buffer.concat([Buffer.from("good "), Buffer.of(0xed, 0xa0, 0x80), Buffer.from(" night")]);
const HELLO = "Hello World!";

/** Section 7: closing (RFC 6455, sections 5.5.1 and 7). */
export const CLOSING: readonly Case[] = [
  echoes("7.1.1", "a message, then a close", { steps: [text(HELLO)] }, [
    { opcode: TEXT, payload: Buffer.from(HELLO) },
  ]),
  closes("7.1.2", "two closes", [close(), closeWith("")]),
  closes("7.1.3", "a ping after a close", [close(), ping()]),
  closes("7.1.4", "a message after a close", [close(), text(HELLO)]),
  closes("7.1.5", "a close between two fragments", [
    text("fragment1", { fin: false }),
    close(),
    rest("fragment2"),
  ]),
  reports("7.1.6", "256 kB, a message, a close and a ping", [
    text("x".repeat(262_144)),
    text(HELLO),
    close(),
    ping(),
  ]),
  closes("7.3.1", "a close without code", [closeWith("")]),
  closes("7.3.2", "a close of one byte", [closeWith("a")], [PROTOCOL_ERROR]),
  closes("7.3.3", "a close with a code", [close()]),
  closes("7.3.4", "a close with a reason", [close(1000, HELLO)]),
  closes("7.3.5", "a close with a reason of 123 bytes", [close(1000, "*".repeat(123))]),
  closes("7.3.6", "a close with a reason of 124 bytes", [close(1000, "*".repeat(124))], [PROTOCOL_ERROR]),
  closes("7.5.1", "a reason that is not UTF-8", [close(1000, NOT_TEXT)], [PROTOCOL_ERROR, NOT_UTF8]),
  ...VALID.map((code, i) => closes(`7.7.${i + 1}`, `the close code ${code}`, [close(code)], [1000, code])),
  ...INVALID.map((code, i) =>
    closes(`7.9.${i + 1}`, `the close code ${code}`, [close(code)], [PROTOCOL_ERROR]),
  ),
  reports("7.13.1", "the close code 5000", [close(5000)]),
  reports("7.13.2", "the close code 65536", [closeWith("\u0000\u0001\u0000\u0000")]),
];
