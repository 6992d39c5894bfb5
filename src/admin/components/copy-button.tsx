import { useEffect, useState } from "preact/hooks";
import { texts } from "../i18n/index.ts";

/** For how long the button says that it copied: milliseconds. */
const DONE_MS = 2000;

type CopyButtonProps = {
  text: string;
  /** Says what is copied, for those who do not see what it stands beside. */
  label: string;
};

/** Copies a text. Where the browser does not allow that, it says so. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed" | undefined>(undefined);
  useEffect(() => {
    if (outcome !== "copied") return;
    const timer = setTimeout(() => setOutcome(undefined), DONE_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const t = texts.value;
  const copy = async () => {
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setOutcome(isCopied ? "copied" : "failed");
  };
  return (
    <>
      <button type="button" aria-label={label} onClick={() => void copy()}>
        {outcome === "copied" ? t.copied : t.copy}
      </button>
      <span role="status" class={outcome === "failed" ? "hint" : "visually-hidden"}>
        {outcome === "copied" && t.copied}
        {outcome === "failed" && t.tokenMaker.notCopied}
      </span>
    </>
  );
}
