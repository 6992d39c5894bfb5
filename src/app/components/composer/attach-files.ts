import { type FileLimits, fileLimits } from "../../../client/files/index.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { FileTooBigError, prepareFile } from "../../files/prepare-file.ts";
import { formatBytes } from "../../format/bytes.ts";
import { toPlainLine } from "../../format/untrusted-text.ts";
import { moreStrings } from "../../i18n/index.ts";
import { clearNotice, notice } from "../../page-state.ts";
import { uploadsIn } from "../../uploads/uploads.ts";

/** Why a file was not sent. A function, so that the text follows a change of language. */
type Problem = () => string;

/** Sends files one after the other. A notice names each one that cannot be sent. */
export async function attachFiles(store: ChatStore, files: readonly File[]): Promise<void> {
  clearNotice(store);
  if (!store.canPublish.value) return;
  const problems: Problem[] = [];
  for (const file of files) {
    const problem = await attach(store, file);
    if (problem === undefined) continue;
    problems.push(problem);
    notice.value = () => problems.map((text) => text()).join("\n");
  }
}

/** A file that fits into a message is sent in one. Larger ones go to the file store, where the service has one. */
async function attach(store: ChatStore, file: File): Promise<Problem | undefined> {
  const limit = store.maxMessageBytes.value;
  const name = toPlainLine(file.name);
  const size = formatBytes(file.size);
  if (file.size > limit) {
    const problem = await upload(store, file, name);
    if (problem !== "no store") return problem;
  }
  try {
    store.send(await prepareFile(file, limit));
    return undefined;
  } catch (error) {
    if (!(error instanceof FileTooBigError)) return () => moreStrings.value.fileUnreadable(name);
    // A file just below the limit does not fit with its header.
    const problem = file.size > limit ? "no store" : await upload(store, file, name);
    return problem === "no store"
      ? () => moreStrings.value.fileNoStore(name, size, formatBytes(limit))
      : problem;
  }
}

async function upload(store: ChatStore, file: File, name: string): Promise<Problem | "no store" | undefined> {
  const state = store.connectionState.value;
  const { room } = store;
  if (state.status !== "live" || room === undefined) return () => moreStrings.value.fileOffline(name);
  if (!state.welcome.features?.includes("files")) return "no store";
  let limits: FileLimits;
  try {
    limits = await fileLimits(room);
  } catch {
    return () => moreStrings.value.fileOffline(name);
  }
  const { maxBytes, types } = limits;
  if (file.size > maxBytes)
    return () => moreStrings.value.fileTooBig(name, formatBytes(file.size), formatBytes(maxBytes));
  if (!isTaken(file.type, types)) return () => moreStrings.value.fileTypeRefused(name, types.join(", "));
  uploadsIn(store.roomName).add(store, file);
  return undefined;
}

/** Whether a room takes files of a type. `image/*` stands for all that begin so. */
function isTaken(type: string, types: readonly string[]): boolean {
  const [essence = ""] = (type || "application/octet-stream").toLowerCase().split(";");
  return types.some(
    (each) =>
      each === "*" || each === essence || (each.endsWith("/*") && essence.startsWith(each.slice(0, -1))),
  );
}
