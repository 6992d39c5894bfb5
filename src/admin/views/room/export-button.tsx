import { useEffect, useRef, useState } from "preact/hooks";
import { formatBytes } from "../../../app/format/bytes.ts";
import { ApiError, roomPath } from "../../http/request.ts";
import { errorSentence, texts } from "../../i18n/index.ts";
import { stream } from "../../session.ts";
import { type Collected, collectExport, exportName, MAX_EXPORT_BYTES } from "./collect-export.ts";

type State =
  | { status: "idle" }
  | { status: "running"; bytes: number }
  | { status: "done"; bytes: number; outcome: Collected["outcome"] }
  | { status: "failed"; error: ApiError };

/** Downloads the messages of a room. The token goes in a header, so the page fetches the file and gives it to the browser. */
export function ExportButton({ room }: { room: string }) {
  const [state, setState] = useState<State>({ status: "idle" });
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const t = texts.value.room;
  const run = async () => {
    const abort = new AbortController();
    current.current = abort;
    setState({ status: "running", bytes: 0 });
    const next = await download(room, abort.signal, (bytes) => setState({ status: "running", bytes }));
    if (!abort.signal.aborted) setState(next);
  };
  if (state.status === "running") {
    return (
      <button
        type="button"
        onClick={() => {
          current.current?.abort();
          setState({ status: "idle" });
        }}
      >
        {t.exporting(formatBytes(state.bytes))}
      </button>
    );
  }
  return (
    <>
      <button type="button" title={t.exportHint(formatBytes(MAX_EXPORT_BYTES))} onClick={() => void run()}>
        {t.export}
      </button>
      {state.status === "failed" && (
        <p role="alert" class="tool-note" data-code={state.error.code}>
          {errorSentence(state.error)}
        </p>
      )}
      {state.status === "done" && (
        <p role={state.outcome === "whole" ? "status" : "alert"} class="tool-note" data-code={state.outcome}>
          {t.exportOutcomes[state.outcome](formatBytes(state.bytes))}
        </p>
      )}
    </>
  );
}

async function download(
  room: string,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<Exclude<State, { status: "running" }>> {
  try {
    const { body } = await stream(roomPath(room, "export"), { signal });
    if (body === null) throw new ApiError("unexpected", 200);
    const { parts, bytes, outcome } = await collectExport(body, progress);
    // The page saves no part of an export that does not fit: half of one looks like all of it.
    if (outcome !== "large") save(new Blob(parts, { type: "application/x-ndjson" }), exportName(room));
    return { status: "done", bytes, outcome };
  } catch (error) {
    if (signal.aborted) return { status: "idle" };
    return { status: "failed", error: error instanceof ApiError ? error : new ApiError("unreachable", 0) };
  }
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
