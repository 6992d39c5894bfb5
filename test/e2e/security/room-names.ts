/** A path segment as it stands in the address, which no client has tidied. */
export type Segment = [what: string, segment: string];

const NAME = "hostile-lobby";

/** Those that are no room name: 400. */
export const NO_NAME: Segment[] = [
  ["a null byte", "%00"],
  ["a null byte after a name", `${NAME}%00`],
  ["a line feed", "%0a"],
  ["a header after a line break", `${NAME}%0d%0aset-cookie:%20a=b`],
  ["an escape", "%1b%5b2J"],
  ["a delete", "a%7fb"],
  ["a control character of Latin-1", "a%C2%85b"],
  ["a slash", `x%2f${NAME}`],
  ["a slash in upper case", `${NAME}%2Fmessages`],
  ["the folder above", `%2e%2e%2f${NAME}`],
  ["the folder above, half of it written out", `..%2f${NAME}`],
  ["a slash that is overlong UTF-8", `x%c0%af${NAME}`],
  ["a null byte that is overlong UTF-8", "%c0%80"],
  ["dots that are overlong UTF-8", "%c0%ae%c0%ae"],
  ["half a surrogate pair in UTF-8", "%ed%a0%80"],
  ["a character beyond Unicode", "%f4%90%80%80"],
  ["half a character", "%e5%a4"],
  ["bytes that are not UTF-8", "%ff%fe"],
  ["a percent sign alone", "%"],
  ["a percent sign and no number", "%zz"],
  ["half a percent code", "a%2"],
  ["the old way to write Unicode", "%u002f"],
  ["129 bytes", "a".repeat(129)],
  ["129 bytes in 43 characters", "%E5%A4%A7".repeat(43)],
  ["129 bytes, with an emoji", `${"a".repeat(125)}%F0%9F%90%AD`],
  ["66 bytes that are 132 in NFC", "%E0%A5%98".repeat(22)],
  ["9,000 bytes", "a".repeat(9000)],
];

/** Addresses that never were a room's: 404. */
export const NO_ROOM: Segment[] = [
  ["nothing", ""],
  ["the folder above", ".."],
  ["the folder above, encoded", "%2e%2e"],
  ["the folder above, encoded in part", ".%2E"],
  ["this folder, encoded", "%2e"],
  ["the folder above, and a room of it", `%2e%2e/${NAME}`],
  ["out of the API", `${NAME}/../../../healthz/x`],
  ["a backslash, which is a slash", `x\\${NAME}`],
  ["two slashes", `/${NAME}`],
  ["a slash after it", `${NAME}/`],
  ["something in the room that there is not", `${NAME}/secret`],
];

/** Names that look like the lobby's, or like more than a name, and are rooms of their own. */
export const OWN_ROOM: [what: string, segment: string, name: string][] = [
  ["upper case", NAME.toUpperCase(), NAME.toUpperCase()],
  ["a space before it", `%20${NAME}`, ` ${NAME}`],
  ["a space after it", `${NAME}%20`, `${NAME} `],
  ["a space that does not break", `${NAME}%C2%A0`, `${NAME}\u00a0`],
  ["a plus, which is no space", `${NAME}+`, `${NAME}+`],
  ["a dot after it", `${NAME}.`, `${NAME}.`],
  ["a letter of another alphabet", "h%D0%BEstile-lobby", "h\u043estile-lobby"],
  ["a hyphen that is another", "hostile%E2%80%90lobby", "hostile\u2010lobby"],
  ["a space of no width", `${NAME}%E2%80%8B`, `${NAME}\u200b`],
  ["a joiner of no width", `${NAME}%E2%80%8D`, `${NAME}\u200d`],
  ["a soft hyphen", `hostile-lob%C2%ADby`, "hostile-lob\u00adby"],
  ["a byte order mark", `%EF%BB%BF${NAME}`, `\ufeff${NAME}`],
  ["the other direction of writing", `%E2%80%AE${NAME}`, `\u202e${NAME}`],
  ["an isolate", `%E2%81%A6${NAME}%E2%81%A9`, `\u2066${NAME}\u2069`],
  ["a line separator", `${NAME}%E2%80%A8`, `${NAME}\u2028`],
  ["full width", "%EF%BD%88ostile-lobby", "\uff48ostile-lobby"],
  ["a slash of full width", `..%EF%BC%8F${NAME}`, `..\uff0f${NAME}`],
  ["a slash that is a division", `..%E2%88%95${NAME}`, `..\u2215${NAME}`],
  ["encoded twice", "%252e%252e%252fhostile-lobby", "%2e%2e%2fhostile-lobby"],
  ["a null byte, encoded twice", `${NAME}%2500`, `${NAME}%00`],
  ["a backslash", `..%5c${NAME}`, `..\\${NAME}`],
  ["three dots", "...", "..."],
  ["dots and a semicolon", "..;", "..;"],
  ["a query that is none", `${NAME}%3Ftoken=x`, `${NAME}?token=x`],
  ["a fragment that is none", `${NAME}%23x`, `${NAME}#x`],
  ["a star", "*", "*"],
  ["what every object has", "__proto__", "__proto__"],
  ["what every class has", "constructor", "constructor"],
  ["SQL", `x'%3B%20DROP%20TABLE%20segments%3B--`, "x'; DROP TABLE segments;--"],
  ["markup", "%3Cimg%20src=x%20onerror=alert(1)%3E", "<img src=x onerror=alert(1)>"],
  ["127 bytes", "a".repeat(127), "a".repeat(127)],
  ["128 bytes", "a".repeat(128), "a".repeat(128)],
  ["128 bytes in 43 characters", `${"%E5%A4%A7".repeat(42)}ab`, `${"大".repeat(42)}ab`],
  ["192 bytes that are 128 in NFC", "e%CC%81".repeat(64), "é".repeat(64)],
];

/** Two ways to write one name. */
export const SAME_ROOM: [what: string, one: string, other: string][] = [
  ["é, whole and composed", "caf%C3%A9", "cafe%CC%81"],
  ["percent-encoded without need", "plain-name", "%70lain%2Dname"],
  ["in both cases of percent codes", "a%C3%AFb", "a%c3%afb"],
  ["K and the sign of Kelvin", "K-room", "%E2%84%AA-room"],
  ["Å and the sign of Ångström", "%C3%85-room", "%E2%84%AB-room"],
  ["two marks in either order", "a%CC%96%CC%81", "a%CC%81%CC%96"],
  ["Hangul, whole and in parts", "%ED%95%9C", "%E1%84%92%E1%85%A1%E1%86%AB"],
];
