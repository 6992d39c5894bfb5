import { toHex } from "../../files/hex.ts";
import { formatBytes } from "../../format/bytes.ts";
import { type HeaderField, headerFields } from "../../frames/frame-header.ts";
import type { RecordedFrame } from "../../frames/frame-recorder.ts";
import { lookup, type MoreStrings } from "../../i18n/index.ts";
import { CodeBlock } from "../common/code-block.tsx";
import { opcodeMeaning } from "./opcode-table.tsx";

/** How many bytes of a binary payload are shown. */
const HEX_BYTES = 256;
const HEX_LINE_BYTES = 16;

type FrameHeaderProps = { frame: RecordedFrame; opcode: number; t: MoreStrings };

/** The bits of the header, as in the figure of RFC 6455, section 5.2, but 16 in a row; then what each field means. */
export function FrameHeader({ frame: { direction, length }, opcode, t }: FrameHeaderProps) {
  const mask = direction === "sent" ? { mask: "unknown" as const } : undefined;
  const fields = headerFields({ opcode, length, ...mask });
  return (
    <>
      <h3>{t.frameHeader}</h3>
      <HeaderBits fields={fields} t={t} />
      <dl>
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{fieldLabel(field.name, t)}</dt>
            <dd>
              <code class="visually-hidden">{field.bits}</code>
              {fieldMeaning(field, opcode, length, t)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The bits of the header. The pictures of the guide are made from it, too (src/app/frames/header-picture.ts). */
export function HeaderBits({ fields, t }: { fields: readonly HeaderField[]; t: MoreStrings }) {
  return (
    <p class="bits" dir="ltr" aria-hidden="true">
      {fields.map(({ name, bits }) => (
        <span key={name} class={`field span-${Math.min(bits.length, 16)}`}>
          <code>{bits.match(/.{1,8}/g)?.join(" ")}</code>
          <span>{fieldLabel(name, t)}</span>
        </span>
      ))}
    </p>
  );
}

/** FIN, RSV and MASK keep the names that the RFC gives them. */
function fieldLabel(name: HeaderField["name"], { fieldNames }: MoreStrings): string {
  return lookup(name, fieldNames) ?? name;
}

function fieldMeaning({ name, bits }: HeaderField, opcode: number, length: number, t: MoreStrings): string {
  const meanings = t.fieldMeanings;
  switch (name) {
    case "opcode":
      return `0x${opcode.toString(16)}: ${opcodeMeaning(opcode, t)}`;
    case "MASK":
      return bits === "1" ? meanings.MASKED : meanings.UNMASKED;
    case "length":
      if (length <= 125) return `${meanings.length}: ${length}`;
      return length <= 0xffff ? `126: ${meanings.length16}` : `127: ${meanings.length64}`;
    case "extended":
      return `${length}`;
    case "key":
      return t.keyHidden;
    default:
      return meanings[name];
  }
}

export function FramePayload({ frame, t }: { frame: RecordedFrame; t: MoreStrings }) {
  const { kind, payload, length } = frame;
  if (kind === "lost") return <p>{t.connectionLostDetail}</p>;
  const text = typeof payload === "string" ? payload : hexDump(payload.subarray(0, HEX_BYTES));
  const shownBytes =
    typeof payload === "string"
      ? new TextEncoder().encode(payload).length
      : Math.min(HEX_BYTES, payload.length);
  return (
    <>
      {kind === "open" ? <p>{t.connectionOpenDetail}</p> : <h3>{t.payload}</h3>}
      {text === "" ? <p class="hint">{t.noPayload}</p> : <CodeBlock text={text} />}
      {shownBytes < length && <p class="hint">{t.payloadTruncated(formatBytes(shownBytes))}</p>}
    </>
  );
}

/** Lines of an offset, 16 bytes in hexadecimal, and the same bytes as ASCII. */
function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += HEX_LINE_BYTES) {
    const line = bytes.subarray(offset, offset + HEX_LINE_BYTES);
    const ascii = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"));
    lines.push(`${offset.toString(16).padStart(4, "0")}  ${toHex(line, " ").padEnd(47)}  ${ascii.join("")}`);
  }
  return lines.join("\n");
}
