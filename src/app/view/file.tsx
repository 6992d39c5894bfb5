import { useEffect, useMemo, useState } from "preact/hooks";
import { type Envelope, isImage } from "../file/envelope.ts";
import { sizeOf } from "../format/clock.ts";
import { drawn } from "../format/people.ts";
import { flat } from "../format/safe.ts";
import { words } from "../text/index.ts";
import { Icon } from "./icons.tsx";
import { Dialog, Name } from "./parts.tsx";

/** An address of these bytes, for as long as something shows them. */
function useAddress(bytes: Uint8Array<ArrayBuffer>, type: string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return address;
}

/** A file of a message: an image is shown, anything else is saved and never opened here. */
export function FileView({ file, from }: { file: Envelope; from: string }) {
  const [isBroken, setBroken] = useState(false);
  const isShown = useMemo(() => isImage(file), [file]);
  return isShown && !isBroken ? (
    <ImageView file={file} from={from} onBroken={() => setBroken(true)} />
  ) : (
    <Download name={file.name} bytes={file.bytes} />
  );
}

type ImageProps = { file: Envelope; from: string; onBroken: () => void };

function ImageView({ file, from, onBroken }: ImageProps) {
  const address = useAddress(file.bytes, file.type);
  const [isLarge, setLarge] = useState(false);
  const { enlarge, imageFrom } = words.value;
  const name = flat(file.name);
  const alt = imageFrom(flat(drawn(from)), name);
  const { width = 320, height = 240 } = file;
  return (
    <>
      <button
        type="button"
        class="image"
        style={{ "--width": width, "--height": height }}
        aria-label={`${alt}. ${enlarge(name)}`}
        onClick={() => setLarge(true)}
      >
        {address !== undefined && (
          <img src={address} alt="" decoding="async" loading="lazy" onError={onBroken} />
        )}
      </button>
      {isLarge && (
        <Dialog title={name} class="lightbox" onClose={() => setLarge(false)}>
          <img src={address} alt={alt} style={{ "--width": width }} />
          <Download name={file.name} bytes={file.bytes} />
        </Dialog>
      )}
    </>
  );
}

export function Download({ name, bytes }: { name: string; bytes: Uint8Array<ArrayBuffer> }) {
  // Of no type that a browser would open in the name of this page.
  const address = useAddress(bytes, "application/octet-stream");
  const { download, saved } = words.value;
  const shown = flat(name);
  if (address === undefined) return null;
  return (
    <a class="file" href={address} download={shown} aria-label={download(shown)}>
      <Icon name="file" />
      <span>
        <Name of={shown} />
        <small>{saved(sizeOf(bytes.length))}</small>
      </span>
      <Icon name="download" />
    </a>
  );
}
