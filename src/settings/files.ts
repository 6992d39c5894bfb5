import { type Declaration, type ReadSetting, SettingError } from "./setting.ts";

export const FILE_SETTINGS = {
  FILE_TYPES: {
    default: "*",
    description:
      "The media types of files that may be uploaded: `*`, or a list such as `image/*, application/pdf`, separated by spaces or commas. It applies to the type that the client declares.",
  },
} as const satisfies Record<string, Declaration>;

/** `"*"`, or media types in lower case, of which `image/*` stands for all that begin so. */
export type FileTypes = "*" | readonly string[];

const PATTERN = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/([a-z0-9][a-z0-9!#$&^_.+-]*|\*)$/;

/** @throws SettingError */
export function parseFileTypes(read: ReadSetting): FileTypes {
  const { label, value = FILE_SETTINGS.FILE_TYPES.default } = read("FILE_TYPES");
  const list = typeof value === "string" ? value.split(/[\s,]+/).filter((item) => item !== "") : [];
  if (list.length === 1 && list[0] === "*") return "*";
  const types = list.map((item) => item.toLowerCase());
  const wrong = types.find((type) => !PATTERN.test(type));
  if (types.length > 0 && wrong === undefined) return types;
  throw new SettingError(
    `${label} is ${JSON.stringify(wrong ?? value)}. Set it to "*" or to media types such as image/* or application/pdf.`,
  );
}

/** Whether files of a media type may be uploaded. */
export function allowsFileType(types: FileTypes, type: string): boolean {
  if (types === "*") return true;
  return types.some((each) => each === type || (each.endsWith("/*") && type.startsWith(each.slice(0, -1))));
}
