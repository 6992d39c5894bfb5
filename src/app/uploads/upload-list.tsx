import { render } from "preact";
import { useRef } from "preact/hooks";
import type { ChatStore } from "../chat/chat-store.ts";
import { IconButton } from "../components/common/icon-button.tsx";
import { Icon } from "../components/common/icons.tsx";
import { NameLabel } from "../components/common/name-label.tsx";
import { formatBytes } from "../format/bytes.ts";
import { toPlainLine } from "../format/untrusted-text.ts";
import { errorText, moreStrings, strings } from "../i18n/index.ts";
import { isOnline } from "../page-state.ts";
import { type Upload, type Uploads, uploadsIn } from "./uploads.ts";

/**
 * Shows the uploads of a room above the message box.
 * @returns a function that ends that
 */
export function showUploads(store: ChatStore): () => void {
  const host = document.createElement("div");
  host.className = "uploads-host";
  document.querySelector(".composer-area")?.prepend(host);
  render(<UploadList store={store} uploads={uploadsIn(store.roomName)} />, host);
  return () => {
    render(null, host);
    host.remove();
  };
}

function UploadList({ store, uploads }: { store: ChatStore; uploads: Uploads }) {
  const list = uploads.list.value;
  if (list.length === 0) return null;
  return (
    <ul class="uploads" aria-label={moreStrings.value.uploads}>
      {list.map((upload) => (
        <UploadRow key={upload.id} store={store} uploads={uploads} upload={upload} />
      ))}
    </ul>
  );
}

type RowProps = { store: ChatStore; uploads: Uploads; upload: Upload };

function UploadRow({ store, uploads, upload }: RowProps) {
  const { id, name, size, source, error } = upload;
  const t = moreStrings.value;
  const plainName = toPlainLine(name);
  const cancel = () => {
    uploads.cancel(id);
    // The focused button goes away with its row.
    document.getElementById("text")?.focus();
  };
  return (
    <li class="upload">
      <Icon name={source === undefined || error !== undefined ? "alert" : "file"} />
      <div class="upload-body">
        <p>
          <NameLabel name={plainName} />
          <small>{formatBytes(size)}</small>
        </p>
        {error !== undefined ? (
          <UploadError store={store} uploads={uploads} upload={upload} />
        ) : source === undefined ? (
          <ChooseAgain store={store} uploads={uploads} upload={upload} />
        ) : (
          <UploadProgress store={store} upload={upload} />
        )}
      </div>
      <IconButton icon="close" label={t.cancelUpload(plainName)} onClick={cancel} />
    </li>
  );
}

function UploadProgress({ store, upload: { name, sent } }: { store: ChatStore; upload: Upload }) {
  const percent = Math.floor(sent * 100);
  const isConnected = isOnline.value && store.connectionState.value.status === "live";
  return (
    <p class="upload-progress">
      <progress
        value={percent}
        max={100}
        aria-label={moreStrings.value.uploading(toPlainLine(name), percent)}
      />
      <small>{isConnected ? `${percent}%` : strings.value.waitingForConnection}</small>
    </p>
  );
}

function UploadError({ store, uploads, upload: { id, name, error } }: RowProps) {
  const { uploadFailed, fileUnreadable } = moreStrings.value;
  const text =
    error?.code === "unreadable"
      ? fileUnreadable(toPlainLine(name))
      : uploadFailed(error?.message || errorText(error?.code, ""));
  return (
    <p class="upload-note">
      <span role="alert">{text}</span>{" "}
      <button type="button" class="link-button" onClick={() => uploads.retry(store, id)}>
        {moreStrings.value.retry}
      </button>
    </p>
  );
}

/** After a reload, the browser has no access to the file until the person chooses it again. */
function ChooseAgain({ store, uploads, upload: { id, isOther } }: RowProps) {
  const picker = useRef<HTMLInputElement>(null);
  const { uploadCut, otherFile, chooseFile } = moreStrings.value;
  return (
    <p class="upload-note">
      <span role="status">{isOther ? otherFile : uploadCut}</span>{" "}
      <button type="button" class="link-button" onClick={() => picker.current?.click()}>
        {chooseFile}
      </button>
      <input
        ref={picker}
        type="file"
        class="upload-picker"
        hidden
        aria-label={chooseFile}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = "";
          if (file !== undefined) uploads.resume(store, id, file);
        }}
      />
    </p>
  );
}
