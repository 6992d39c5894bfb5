import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { toHex } from "../file/base64.ts";
import { exactTimeOf, sizeOf } from "../format/clock.ts";
import { type Field, headerFields, OPCODES } from "../frames/header.ts";
import type { Passed, Tap } from "../frames/tap.ts";
import { type Words, wordFor, words } from "../text/index.ts";
import { memo } from "./memo.tsx";
import { Block } from "./parts.tsx";

const PREVIEW_CHARS = 240;
const HEX_BYTES = 256;
const FOLLOW_PX = 60;

/** The conversation as WebSocket sees it. The list follows its end, until somebody reads further up. */
export function Frames({ tap }: { tap: Tap }) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  const t = words.value;
  // The list is read after each change of the count.
  const count = tap.count.value;
  useLayoutEffect(() => {
    const node = list.current;
    // What is open is being read.
    if (node !== null && follows.current && node.querySelector("[open]") === null)
      node.scrollTop = node.scrollHeight;
  }, [count]);
  return (
    <div class="frames">
      <div class="about">
        <p class="hint">{t.framesIntro}</p>
        <button type="button" onClick={() => tap.clear()}>
          {t.framesClear}
        </button>
      </div>
      <details class="more">
        <summary>{t.framesHidden}</summary>
        <ul>
          {t.framesHiddenText.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
      <Opcodes t={t} />
      {tap.passed.length === 0 && <p class="hint">{t.framesNone}</p>}
      <ol
        ref={list}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
        }}
      >
        {tap.passed.map((passed) => (
          <FrameRow key={passed.key} passed={passed} t={t} />
        ))}
      </ol>
    </div>
  );
}

const FrameRow = memo(({ passed, t }: { passed: Passed; t: Words }) => {
  const [isOpen, setOpen] = useState(false);
  const ref = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    const [row, list] = [ref.current, ref.current?.parentElement];
    if (isOpen && row && list) list.scrollTop = row.offsetTop;
  }, [isOpen]);
  const { at, way, kind, length, payload } = passed;
  const isFrame = passed.opcode !== undefined;
  return (
    <li ref={ref} class={`frame ${way} ${kind}`}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span class="arrow" aria-hidden="true">
            {way === "sent" ? "↑" : "↓"}
          </span>
          <span class="hidden">{t[way]}</span>
          <span class="kind">{t.frameKinds[kind]}</span>
          <span class="size">{isFrame ? sizeOf(length) : ""}</span>
          <time>{exactTimeOf(at)}</time>
          <span class="preview">{previewOf(payload)}</span>
        </summary>
        {isOpen && isFrame && <Header passed={passed} t={t} />}
        {isOpen && <Payload passed={passed} t={t} />}
      </details>
    </li>
  );
});

function previewOf(payload: string | Uint8Array): string {
  if (typeof payload !== "string") return toHex(payload.subarray(0, 16), " ");
  return payload.slice(0, PREVIEW_CHARS);
}

/** The bits have the names that the figure gives them; the rest is words. */
function labelOf(name: Field["name"], { fieldNames }: Words): string {
  return wordFor(name, fieldNames) ?? name;
}

/** The bits as the figure of RFC 6455, section 5.2 has them, sixteen in a line, and what each says. */
function Header({ passed, t }: { passed: Passed; t: Words }) {
  const { opcode = 0, length, way } = passed;
  const fields = headerFields({
    opcode,
    length,
    ...(way === "sent" ? { mask: "unknown" as const } : undefined),
  });
  return (
    <>
      <h3>{t.header}</h3>
      <p class="bits" dir="ltr" aria-hidden="true">
        {fields.map(({ name, bits }) => (
          <span key={name} class={`field of-${Math.min(bits.length, 16)}`}>
            <code>{bits.match(/.{1,8}/g)?.join(" ")}</code>
            <span>{labelOf(name, t)}</span>
          </span>
        ))}
      </p>
      <dl>
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{labelOf(field.name, t)}</dt>
            <dd>
              <code class="hidden">{field.bits}</code>
              {meaningOf(field, passed, t)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function meaningOf({ name, bits }: Field, { opcode = 0, length }: Passed, t: Words): string {
  const m = t.bitMeaning;
  switch (name) {
    case "opcode":
      return `0x${opcode.toString(16)}: ${opcodeMeaning(opcode, t)}`;
    case "MASK":
      return bits === "1" ? m.MASKED : m.UNMASKED;
    case "length":
      if (length <= 125) return `${m.length}: ${length}`;
      return length <= 0xffff ? `126: ${m.length16}` : `127: ${m.length64}`;
    case "extended":
      return `${length}`;
    case "key":
      return t.keyHidden;
    default:
      return m[name];
  }
}

function Payload({ passed: { kind, payload, length }, t }: { passed: Passed; t: Words }) {
  if (kind === "lost") return <p>{t.lostText}</p>;
  const text = typeof payload === "string" ? payload : hexDump(payload.subarray(0, HEX_BYTES));
  const shown =
    typeof payload === "string"
      ? new TextEncoder().encode(payload).length
      : Math.min(HEX_BYTES, payload.length);
  return (
    <>
      {kind === "open" ? <p>{t.openText}</p> : <h3>{t.payload}</h3>}
      {text === "" ? <p class="hint">{t.payloadNone}</p> : <Block text={text} />}
      {kind !== "open" && kind !== "close" && shown < length && shown > 200 && (
        <p class="hint">{t.payloadCut(sizeOf(shown))}</p>
      )}
    </>
  );
}

/** Sixteen bytes a line: where, in hexadecimal, and what of it can be read. */
function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.subarray(at, at + 16);
    const signs = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"));
    lines.push(`${at.toString(16).padStart(4, "0")}  ${toHex(line, " ").padEnd(47)}  ${signs.join("")}`);
  }
  return lines.join("\n");
}

/** RFC 6455, section 11.8. */
function opcodeMeaning(opcode: number, { opcodes }: Words): string {
  const name = Object.entries(OPCODES).find(([, code]) => code === opcode)?.[0];
  return wordFor(name, opcodes) ?? (opcode < 8 ? opcodes.reservedData : opcodes.reservedControl);
}

function Opcodes({ t }: { t: Words }) {
  const rows = ["0x0", "0x1", "0x2", "0x3–0x7", "0x8", "0x9", "0xa", "0xb–0xf"];
  return (
    <details class="more opcodes">
      <summary>{t.framesOpcodes}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.opcode}</th>
            <th scope="col">{t.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((codes) => (
            <tr key={codes}>
              <th scope="row">
                <code>{codes}</code>
              </th>
              <td>{opcodeMeaning(Number.parseInt(codes, 16), t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
