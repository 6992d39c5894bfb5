import { signal } from "@preact/signals";
import { RoomError } from "../../client/core.ts";
import { uploadFile } from "../../client/files/index.ts";
import type { ChatStore } from "../chat/chat-store.ts";
import { newMessageId } from "../chat/pending-storage.ts";
import { prepareUpload } from "./prepare-upload.ts";
import { isSameFile, loadUploads, removeUpload, type StoredUpload, saveUpload } from "./upload-storage.ts";

/**
 * An upload as the page shows it. `sent`: from 0 to 1. `error`: why it failed. `source`: the file; absent after a reload, until the person
 * chooses it again. `isOther`: the person chose another file.
 */
export type Upload = StoredUpload & {
  sent: number;
  source?: File;
  isOther?: boolean;
  error?: { code: string; message: string };
};

/** The uploads of a room. They go on while another room is open. */
export class Uploads {
  readonly list = signal<readonly Upload[]>([]);
  readonly #roomName: string;
  readonly #running = new Map<string, AbortController>();

  constructor(roomName: string) {
    this.#roomName = roomName;
    this.list.value = loadUploads(roomName, Date.now()).map((stored) => ({ ...stored, sent: 0 }));
  }

  add(store: ChatStore, source: File): void {
    const { name, size, lastModified: modified } = source;
    const stored: StoredUpload = { id: newMessageId(), at: Date.now(), name, size, modified };
    saveUpload(this.#roomName, stored);
    this.list.value = [...this.list.value, { ...stored, sent: 0, source }];
    void this.#run(store, stored.id);
  }

  /** Goes on with an upload from before a reload. */
  resume(store: ChatStore, id: string, source: File): void {
    const upload = this.#find(id);
    if (upload === undefined) return;
    const isSame = isSameFile(upload, source);
    this.#change(id, isSame ? { source, isOther: false } : { isOther: true });
    if (isSame) void this.#run(store, id);
  }

  retry(store: ChatStore, id: string): void {
    void this.#run(store, id);
  }

  /** Ends an upload. The service drops what it has of it, at once or after a day. */
  cancel(id: string): void {
    this.#running.get(id)?.abort();
    this.#remove(id);
  }

  async #run(store: ChatStore, id: string): Promise<void> {
    const { room } = store;
    const upload = this.#find(id);
    if (room === undefined || upload?.source === undefined || this.#running.has(id)) return;
    const abort = new AbortController();
    this.#running.set(id, abort);
    this.#change(id, {}, ["error"]);
    try {
      const { blob, thumbnail, ...about } = await prepareUpload(upload.source);
      await uploadFile(room, blob, {
        ...about,
        id,
        ...(thumbnail !== undefined && { data: { thumbnail } }),
        resume: upload.file,
        signal: abort.signal,
        onBegin: (file) => this.#change(id, { file }),
        onProgress: ({ sent, size }) => this.#change(id, { sent: sent / size }),
      });
      this.#remove(id);
    } catch (error) {
      if (abort.signal.aborted) return;
      const isRefused = error instanceof RoomError;
      if (!isRefused) console.warn(error);
      const { code, message } = isRefused ? error : new RoomError("unreadable", "");
      this.#change(id, { error: { code, message } });
    } finally {
      this.#running.delete(id);
    }
  }

  #find(id: string): Upload | undefined {
    return this.list.value.find((upload) => upload.id === id);
  }

  #change(id: string, change: Partial<Upload>, without: readonly (keyof Upload)[] = []): void {
    this.list.value = this.list.value.map((upload) => {
      if (upload.id !== id) return upload;
      const changed = { ...upload, ...change };
      for (const key of without) delete changed[key];
      return changed;
    });
    const changed = this.#find(id);
    if (changed === undefined || change.file === undefined) return;
    const { at, name, size, modified, file } = changed;
    saveUpload(this.#roomName, { id, at, name, size, modified, ...(file !== undefined && { file }) });
  }

  #remove(id: string): void {
    removeUpload(this.#roomName, id);
    this.list.value = this.list.value.filter((upload) => upload.id !== id);
  }
}

const uploads = new Map<string, Uploads>();

/** The uploads of a room of this tab. */
export function uploadsIn(roomName: string): Uploads {
  const known = uploads.get(roomName) ?? new Uploads(roomName);
  uploads.set(roomName, known);
  return known;
}
