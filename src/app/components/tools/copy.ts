import { truncate } from "../../format/untrusted-text.ts";
import { moreStrings } from "../../i18n/index.ts";
import { notice } from "../../page-state.ts";

const MAX_SHOWN_UNITS = 300;
/** For how long the page says that it copied something. There is nothing to do about it. */
const SUCCESS_MS = 4000;

/** Copies a text, or shows it where the browser does not allow that. */
export async function copy(text: string): Promise<void> {
  const isCopied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  const result = () =>
    isCopied ? moreStrings.value.copiedText : moreStrings.value.notCopied(truncate(text, MAX_SHOWN_UNITS, 5));
  notice.value = result;
  if (!isCopied) return;
  setTimeout(() => {
    if (notice.peek() === result) notice.value = undefined;
  }, SUCCESS_MS);
}
