import { useState } from "preact/hooks";
import { fileLink, type MessageFile, messageFile } from "../../client/files/index.ts";
import type { MessageContent } from "../chat/chat-message.ts";
import type { ChatStore } from "../chat/chat-store.ts";
import { Dialog } from "../components/common/dialog.tsx";
import { FileName } from "../components/common/file-name.tsx";
import { Icon } from "../components/common/icons.tsx";
import { Player } from "../components/common/player.tsx";
import { isPlayable } from "../files/file-envelope.ts";
import { pixelCount } from "../files/image-size.ts";
import { formatBytes } from "../format/bytes.ts";
import { displayName } from "../format/display-name.ts";
import { limitCombiningMarks, toPlainLine, truncate } from "../format/untrusted-text.ts";
import { moreStrings, strings } from "../i18n/index.ts";
import { notice } from "../page-state.ts";
import { thumbnailIn } from "./thumbnail.ts";

const IMAGE = /^image\/(png|jpe?g|gif|webp)$/;

/** Larger images can exhaust a browser's memory. The size is in the first bytes of an image. */
const MAX_PIXELS = 40e6;
const HEAD_BYTES = 65_536;

type Props = {
  content: Extract<MessageContent, { kind: "stored" }>;
  from: string;
  store: ChatStore;
};

/** The file of a message that is in the file store: an image, a player, or a row that downloads it. */
export function StoredFile({ content: { data }, from, store }: Props) {
  const file = messageFile(data);
  if (file === undefined)
    return <p class="message-text">{truncate(limitCombiningMarks(JSON.stringify(data)), 1500, 20)}</p>;
  return <FileView file={file} thumbnail={thumbnailIn(data)} from={from} store={store} />;
}

function FileView({
  file,
  thumbnail,
  from,
  store,
}: FileProps & { thumbnail?: string | undefined; from: string }) {
  if (IMAGE.test(file.type) && thumbnail !== undefined)
    return <StoredImage file={file} thumbnail={thumbnail} from={from} store={store} />;
  return isPlayable(file.type) ? (
    <Player name={toPlainLine(file.name)} type={file.type} load={() => linkTo(store, file)}>
      <DownloadButton file={file} store={store} />
    </Player>
  ) : (
    <DownloadButton file={file} store={store} />
  );
}

type FileProps = { file: MessageFile; store: ChatStore };
type ImageProps = FileProps & { thumbnail: string; from: string };

function StoredImage({ file, thumbnail, from, store }: ImageProps) {
  /** Whether it is enlarged; with the address once it is known that the image is not too large for the browser. */
  const [enlarged, setEnlarged] = useState<{ url?: string }>();
  const { enlarge, imageFrom } = strings.value;
  const name = toPlainLine(file.name);
  const alt = imageFrom(toPlainLine(displayName(from)), name);
  const { width = 320, height = 240 } = file;
  const open = async () => {
    setEnlarged({});
    const url = await linkTo(store, file);
    if (url !== undefined && (await isSafe(url))) setEnlarged((now) => now && { url });
  };
  return (
    <>
      <button
        type="button"
        class="image-attachment"
        style={{ "--width": width, "--height": height }}
        aria-label={`${alt}. ${enlarge(name)}`}
        onClick={() => void open()}
      >
        <img src={thumbnail} alt="" decoding="async" />
      </button>
      {enlarged !== undefined && (
        <Dialog title={name} class="lightbox" onClose={() => setEnlarged(undefined)}>
          <img src={enlarged.url ?? thumbnail} alt={alt} style={{ "--width": width }} />
          <DownloadButton file={file} store={store} />
        </Dialog>
      )}
    </>
  );
}

function DownloadButton({ file, store }: FileProps) {
  const { download } = strings.value;
  const name = toPlainLine(file.name);
  const save = async () => {
    const url = await linkTo(store, file);
    if (url === undefined) return;
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
  };
  return (
    <button type="button" class="file-attachment" aria-label={download(name)} onClick={() => void save()}>
      <Icon name="file" />
      <span>
        <FileName name={name} />
        <small>
          {formatBytes(file.size)} · {toPlainLine(file.type)}
        </small>
      </span>
      <Icon name="download" />
    </button>
  );
}

/** A link to a file. Where there is none, a notice says so. */
async function linkTo({ room }: ChatStore, { id }: MessageFile): Promise<string | undefined> {
  try {
    return room && (await fileLink(room, id)).url;
  } catch {
    notice.value = () => moreStrings.value.fileGone;
    return undefined;
  }
}

/** Whether an image can be decoded without danger to the browser, by its own header. */
async function isSafe(url: string): Promise<boolean> {
  try {
    const head = await fetch(url, { headers: { range: `bytes=0-${HEAD_BYTES - 1}` } });
    return pixelCount(new Uint8Array(await head.arrayBuffer())) <= MAX_PIXELS;
  } catch {
    return false;
  }
}
