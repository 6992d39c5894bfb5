import { OPCODES } from "../../frames/opcodes.ts";
import { lookup, type MoreStrings } from "../../i18n/index.ts";

const ROWS = ["0x0", "0x1", "0x2", "0x3–0x7", "0x8", "0x9", "0xa", "0xb–0xf"];

/** The meaning of each opcode (RFC 6455, section 11.8). */
export function opcodeMeaning(opcode: number, { opcodes }: MoreStrings): string {
  const name = Object.entries(OPCODES).find(([, code]) => code === opcode)?.[0];
  return lookup(name, opcodes) ?? (opcode < 8 ? opcodes.reservedData : opcodes.reservedControl);
}

export function OpcodeTable({ t }: { t: MoreStrings }) {
  return (
    <details class="frames-help opcodes">
      <summary>{t.framesOpcodes}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.opcode}</th>
            <th scope="col">{t.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((opcodes) => (
            <tr key={opcodes}>
              <th scope="row">
                <code>{opcodes}</code>
              </th>
              <td>{opcodeMeaning(Number.parseInt(opcodes, 16), t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
