import { roomsOf, type TokenForm } from "./token-form.ts";

/** Characters that no shell changes. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * The command of this repository that makes the same token. It reads the secret from `.dev.vars` or the environment, so it has none.
 * @example commandOf(form); // npm run -s token -- --room 'team-*' --sub ada --can read,publish --for 1h
 */
export function commandOf({ member, name, rooms, can, count, unit }: TokenForm): string {
  const options: [string, string][] = [
    ...roomsOf(rooms).map((room): [string, string] => ["room", room]),
    ["sub", member.trim()],
    ...(name.trim() === "" ? [] : [["name", name.trim()] as [string, string]]),
    ["can", can.join(",")],
    ["for", `${count}${unit}`],
  ];
  return ["npm run -s token --", ...options.map(option)].join(" ");
}

/** A value that begins with a dash would be taken for an option. */
function option([name, value]: [string, string]): string {
  return value.startsWith("-") ? `--${name}=${quoted(value)}` : `--${name} ${quoted(value)}`;
}

function quoted(value: string): string {
  return PLAIN.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
