import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { FileEnvelope } from "../../files/file-envelope.ts";
import { toPlainLine } from "../../format/untrusted-text.ts";
import { Player } from "../common/player.tsx";

type MediaProps = { file: FileEnvelope; children: ComponentChildren };

/** Audio or video inside a message. `children` download it. */
export function MediaAttachment({ file: { name, type, bytes }, children }: MediaProps) {
  const url = useRef<string>(undefined);
  useEffect(
    () => () => {
      if (url.current !== undefined) URL.revokeObjectURL(url.current);
    },
    [],
  );
  const load = async () => {
    url.current ??= URL.createObjectURL(new Blob([bytes], { type }));
    return url.current;
  };
  return (
    <Player name={toPlainLine(name)} type={type} load={load}>
      {children}
    </Player>
  );
}
