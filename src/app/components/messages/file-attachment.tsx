import { useEffect, useMemo, useState } from "preact/hooks";
import { type FileEnvelope, isDisplayableImage, isPlayable } from "../../files/file-envelope.ts";
import { formatBytes } from "../../format/bytes.ts";
import { displayName } from "../../format/display-name.ts";
import { toPlainLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { more } from "../../load-more.ts";
import { Dialog } from "../common/dialog.tsx";
import { FileName } from "../common/file-name.tsx";
import { Icon } from "../common/icons.tsx";

/** A blob URL, revoked when the component is removed. It is there in the first render, so that nothing moves. */
function useBlobUrl(bytes: Uint8Array<ArrayBuffer>, type: string): string {
  const url = useMemo(() => URL.createObjectURL(new Blob([bytes], { type })), [bytes, type]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return url;
}

/** The file of a message: an image, a player, or a link that downloads it. The page opens no other file. */
export function FileAttachment({ file, from }: { file: FileEnvelope; from: string }) {
  const [isBroken, setBroken] = useState(false);
  const isImage = useMemo(() => isDisplayableImage(file), [file]);
  if (isImage && !isBroken)
    return <ImageAttachment file={file} from={from} onBroken={() => setBroken(true)} />;
  const download = <DownloadLink name={file.name} bytes={file.bytes} />;
  const MediaAttachment = more.value?.MediaAttachment;
  // Until the player is loaded, the file can be downloaded.
  return MediaAttachment !== undefined && isPlayable(file.type) ? (
    <MediaAttachment file={file}>{download}</MediaAttachment>
  ) : (
    download
  );
}

type ImageProps = { file: FileEnvelope; from: string; onBroken: () => void };

function ImageAttachment({ file, from, onBroken }: ImageProps) {
  const url = useBlobUrl(file.bytes, file.type);
  const [isEnlarged, setEnlarged] = useState(false);
  const { enlarge, imageFrom } = strings.value;
  const name = toPlainLine(file.name);
  const alt = imageFrom(toPlainLine(displayName(from)), name);
  const { width = 320, height = 240 } = file;
  return (
    <>
      <button
        type="button"
        class="image-attachment"
        style={{ "--width": width, "--height": height }}
        aria-label={`${alt}. ${enlarge(name)}`}
        onClick={() => setEnlarged(true)}
      >
        <img src={url} alt="" decoding="async" loading="lazy" onError={onBroken} />
      </button>
      {isEnlarged && (
        <Dialog title={name} class="lightbox" onClose={() => setEnlarged(false)}>
          <img src={url} alt={alt} style={{ "--width": width }} />
          <DownloadLink name={file.name} bytes={file.bytes} />
        </Dialog>
      )}
    </>
  );
}

export function DownloadLink({ name, bytes }: { name: string; bytes: Uint8Array<ArrayBuffer> }) {
  // The generic type keeps browsers from opening the file in this page's origin.
  const url = useBlobUrl(bytes, "application/octet-stream");
  const { download, fileSize } = strings.value;
  const plainName = toPlainLine(name);
  return (
    <a class="file-attachment" href={url} download={plainName} aria-label={download(plainName)}>
      <Icon name="file" />
      <span>
        <FileName name={plainName} />
        <small>{fileSize(formatBytes(bytes.length))}</small>
      </span>
      <Icon name="download" />
    </a>
  );
}
