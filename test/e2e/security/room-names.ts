/** A path segment, sent without normalization. */
export type NameCase = [what: string, segment: string];

const NAME = "hostile-lobby";

/** Invalid room names: 400. */
export const INVALID_NAMES: NameCase[] = [
  ["a null byte", "%00"],
  ["a null byte after a name", `${NAME}%00`],
  ["a line feed", "%0a"],
  ["a header after a line break", `${NAME}%0d%0aset-cookie:%20a=b`],
  ["an escape", "%1b%5b2J"],
  ["a delete", "a%7fb"],
  ["a control character of Latin-1", "a%C2%85b"],
  ["a slash", `x%2f${NAME}`],
  ["a slash before a route", `${NAME}%2Fmessages`],
  ["the parent directory", `%2e%2e%2f${NAME}`],
  ["the parent directory, partly encoded", `..%2f${NAME}`],
  ["a slash in overlong UTF-8", `x%c0%af${NAME}`],
  ["a null byte in overlong UTF-8", "%c0%80"],
  ["dots in overlong UTF-8", "%c0%ae%c0%ae"],
  ["a lone surrogate in UTF-8", "%ed%a0%80"],
  ["a character beyond Unicode", "%f4%90%80%80"],
  ["a truncated character", "%e5%a4"],
  ["bytes that are not UTF-8", "%ff%fe"],
  ["a percent sign alone", "%"],
  ["a percent sign without digits", "%zz"],
  ["a truncated percent code", "a%2"],
  ["the %u notation", "%u002f"],
  ["129 bytes", "a".repeat(129)],
  ["129 bytes in 43 characters", "%E5%A4%A7".repeat(43)],
  ["129 bytes, with an emoji", `${"a".repeat(125)}%F0%9F%90%AD`],
  ["66 bytes that are 132 in NFC", "%E0%A5%98".repeat(22)],
  ["9,000 bytes", "a".repeat(9000)],
];

/** Paths of no room: 404. */
export const NOT_ROOM_PATHS: NameCase[] = [
  ["an empty name", ""],
  ["the parent directory", ".."],
  ["the parent directory, encoded", "%2e%2e"],
  ["the parent directory, encoded in part", ".%2E"],
  ["the current directory, encoded", "%2e"],
  ["the parent directory and a room", `%2e%2e/${NAME}`],
  ["a path out of the API", `${NAME}/../../../healthz/x`],
  ["a backslash", `x\\${NAME}`],
  ["a second slash", `/${NAME}`],
  ["a trailing slash", `${NAME}/`],
  ["an unknown route", `${NAME}/secret`],
];

/** Names that resemble the lobby's or look like code, each a room of its own. */
export const DISTINCT_NAMES: [what: string, segment: string, name: string][] = [
  ["upper case", NAME.toUpperCase(), NAME.toUpperCase()],
  ["a leading space", `%20${NAME}`, ` ${NAME}`],
  ["a trailing space", `${NAME}%20`, `${NAME} `],
  ["a no-break space", `${NAME}%C2%A0`, `${NAME}\u00a0`],
  ["a plus sign", `${NAME}+`, `${NAME}+`],
  ["a trailing dot", `${NAME}.`, `${NAME}.`],
  ["a Cyrillic letter", "h%D0%BEstile-lobby", "h\u043estile-lobby"],
  ["another hyphen", "hostile%E2%80%90lobby", "hostile\u2010lobby"],
  ["a zero-width space", `${NAME}%E2%80%8B`, `${NAME}\u200b`],
  ["a zero-width joiner", `${NAME}%E2%80%8D`, `${NAME}\u200d`],
  ["a soft hyphen", `hostile-lob%C2%ADby`, "hostile-lob\u00adby"],
  ["a byte order mark", `%EF%BB%BF${NAME}`, `\ufeff${NAME}`],
  ["a right-to-left override", `%E2%80%AE${NAME}`, `\u202e${NAME}`],
  ["a directional isolate", `%E2%81%A6${NAME}%E2%81%A9`, `\u2066${NAME}\u2069`],
  ["a line separator", `${NAME}%E2%80%A8`, `${NAME}\u2028`],
  ["a full-width letter", "%EF%BD%88ostile-lobby", "\uff48ostile-lobby"],
  ["a full-width slash", `..%EF%BC%8F${NAME}`, `..\uff0f${NAME}`],
  ["a division slash", `..%E2%88%95${NAME}`, `..\u2215${NAME}`],
  ["a doubly encoded slash", "%252e%252e%252fhostile-lobby", "%2e%2e%2fhostile-lobby"],
  ["a doubly encoded null byte", `${NAME}%2500`, `${NAME}%00`],
  ["a backslash", `..%5c${NAME}`, `..\\${NAME}`],
  ["three dots", "...", "..."],
  ["dots and a semicolon", "..;", "..;"],
  ["an encoded query", `${NAME}%3Ftoken=x`, `${NAME}?token=x`],
  ["an encoded fragment", `${NAME}%23x`, `${NAME}#x`],
  ["an asterisk", "*", "*"],
  ["__proto__", "__proto__", "__proto__"],
  ["constructor", "constructor", "constructor"],
  ["SQL", `x'%3B%20DROP%20TABLE%20dormouse_segments%3B--`, "x'; DROP TABLE dormouse_segments;--"],
  ["markup", "%3Cimg%20src=x%20onerror=alert(1)%3E", "<img src=x onerror=alert(1)>"],
  ["127 bytes", "a".repeat(127), "a".repeat(127)],
  ["128 bytes", "a".repeat(128), "a".repeat(128)],
  ["128 bytes in 43 characters", `${"%E5%A4%A7".repeat(42)}ab`, `${"大".repeat(42)}ab`],
  ["192 bytes that are 128 in NFC", "e%CC%81".repeat(64), "é".repeat(64)],
];

/** Two spellings of one name. */
export const EQUIVALENT_NAMES: [what: string, one: string, other: string][] = [
  ["é, composed and decomposed", "caf%C3%A9", "cafe%CC%81"],
  ["needless percent-encoding", "plain-name", "%70lain%2Dname"],
  ["percent codes in both cases", "a%C3%AFb", "a%c3%afb"],
  ["K and the Kelvin sign", "K-room", "%E2%84%AA-room"],
  ["Å and the Ångström sign", "%C3%85-room", "%E2%84%AB-room"],
  ["combining marks in either order", "a%CC%96%CC%81", "a%CC%81%CC%96"],
  ["Hangul, composed and decomposed", "%ED%95%9C", "%E1%84%92%E1%85%A1%E1%86%AB"],
];
