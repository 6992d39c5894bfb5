/**
 * The types that browsers may show as they are: images, audio and video that cannot run scripts. By the type that a file claims: the type to serve, and
 * the kind that its bytes must be. SVG and HTML are not here.
 */
const INLINE: Readonly<Record<string, { type: string; kind: Kind }>> = {
  "image/png": { type: "image/png", kind: "png" },
  "image/jpeg": { type: "image/jpeg", kind: "jpeg" },
  "image/jpg": { type: "image/jpeg", kind: "jpeg" },
  "image/gif": { type: "image/gif", kind: "gif" },
  "image/webp": { type: "image/webp", kind: "webp" },
  "image/avif": { type: "image/avif", kind: "avif" },
  "video/mp4": { type: "video/mp4", kind: "iso" },
  "video/x-m4v": { type: "video/mp4", kind: "iso" },
  "video/quicktime": { type: "video/quicktime", kind: "iso" },
  "audio/mp4": { type: "audio/mp4", kind: "iso" },
  "audio/m4a": { type: "audio/mp4", kind: "iso" },
  "audio/x-m4a": { type: "audio/mp4", kind: "iso" },
  "video/webm": { type: "video/webm", kind: "matroska" },
  "audio/webm": { type: "audio/webm", kind: "matroska" },
  "video/ogg": { type: "video/ogg", kind: "ogg" },
  "audio/ogg": { type: "audio/ogg", kind: "ogg" },
  "audio/opus": { type: "audio/ogg", kind: "ogg" },
  "audio/wav": { type: "audio/wav", kind: "wav" },
  "audio/wave": { type: "audio/wav", kind: "wav" },
  "audio/x-wav": { type: "audio/wav", kind: "wav" },
  "audio/vnd.wave": { type: "audio/wav", kind: "wav" },
  "audio/mpeg": { type: "audio/mpeg", kind: "mp3" },
  "audio/mp3": { type: "audio/mpeg", kind: "mp3" },
  "audio/flac": { type: "audio/flac", kind: "flac" },
  "audio/x-flac": { type: "audio/flac", kind: "flac" },
  "audio/aac": { type: "audio/aac", kind: "aac" },
};

type Kind =
  | "png"
  | "jpeg"
  | "gif"
  | "webp"
  | "avif"
  | "iso"
  | "matroska"
  | "ogg"
  | "wav"
  | "mp3"
  | "flac"
  | "aac";

/** The type under which browsers may show a file that claims a type; undefined where they only save it. */
export function inlineTypeOf(claimed: string): string | undefined {
  return Object.hasOwn(INLINE, claimed) ? INLINE[claimed]?.type : undefined;
}

/** Whether the first bytes of a file are of the type that it claims, and browsers may show that. */
export function isInline(claimed: string, head: Uint8Array): boolean {
  const expected = Object.hasOwn(INLINE, claimed) ? INLINE[claimed]?.kind : undefined;
  return expected !== undefined && kindOf(head) === expected;
}

/**
 * Signatures at the start of a file, in hexadecimal (MIME Sniffing Standard, section 6, and the formats' own). The first that matches
 * counts.
 */
const SIGNATURES: readonly [RegExp, Kind][] = [
  [/^89504e470d0a1a0a/, "png"],
  [/^ffd8ff/, "jpeg"],
  [/^47494638(37|39)61/, "gif"],
  [/^52494646.{8}57454250/, "webp"],
  [/^52494646.{8}57415645/, "wav"],
  [/^.{8}66747970617669(66|73)/, "avif"],
  [/^.{8}66747970/, "iso"],
  [/^1a45dfa3/, "matroska"],
  [/^4f676753/, "ogg"],
  [/^664c6143/, "flac"],
  [/^494433/, "mp3"],
  // A frame of MPEG audio begins with eleven ones. Its layer is 0 in AAC only.
  [/^fff[0189]/, "aac"],
  [/^ff[ef]/, "mp3"],
];

function kindOf(head: Uint8Array): Kind | undefined {
  const hex = Array.from(head.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return SIGNATURES.find(([signature]) => signature.test(hex))?.[1];
}
