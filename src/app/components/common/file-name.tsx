import { displayName } from "../../format/display-name.ts";
import { splitExtension } from "../../format/file-name.ts";

/** The name of a file on one line. A long one is shortened before its extension, which tells people what they open. */
export function FileName({ name }: { name: string }) {
  const [stem, extension] = splitExtension(displayName(name));
  return (
    <bdi class="file-name">
      <span class="name">{stem}</span>
      <span>{extension}</span>
    </bdi>
  );
}
