import type { ChatStore } from "../../chat/chat-store.ts";
import { FileTooBigError, prepareFile } from "../../files/prepare-file.ts";
import { formatBytes } from "../../format/bytes.ts";
import { toPlainLine } from "../../format/untrusted-text.ts";
import { moreStrings } from "../../i18n/index.ts";
import { clearNotice, notice } from "../../page-state.ts";

/** Sends files one after the other. A notice names each one that cannot be sent. */
export async function attachFiles(store: ChatStore, files: readonly File[]): Promise<void> {
  clearNotice(store);
  if (!store.canPublish.value) return;
  const problems: (() => string)[] = [];
  for (const file of files) {
    const limit = store.maxMessageBytes.value;
    try {
      store.send(await prepareFile(file, limit));
    } catch (error) {
      const name = toPlainLine(file.name);
      problems.push(() => {
        const { fileTooBig, fileUnreadable } = moreStrings.value;
        return error instanceof FileTooBigError
          ? fileTooBig(name, formatBytes(file.size), formatBytes(limit))
          : fileUnreadable(name);
      });
      notice.value = () => problems.map((text) => text()).join("\n");
    }
  }
}
