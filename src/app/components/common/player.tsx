import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { moreStrings } from "../../i18n/index.ts";

type PlayerProps = {
  name: string;
  type: string;
  /** The URL of the file; undefined until it is known. */
  load: () => Promise<string | undefined>;
  /** The control that downloads the file. */
  children: ComponentChildren;
};

/** Plays audio and video. Loads nothing until the person plays it. */
export function Player({ name, type, load, children }: PlayerProps) {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  const t = moreStrings.value;
  const onError = () => {
    setUrl(undefined);
    setBroken(true);
  };
  const media = { src: url, controls: true, autoplay: true, "aria-label": name, onError };
  return (
    <div class="player">
      {url !== undefined &&
        (type.startsWith("video/") ? <video {...media} playsInline /> : <audio {...media} />)}
      <div class="player-row">
        {url === undefined && !isBroken && (
          <button
            type="button"
            class="icon-button play-button"
            aria-label={t.play(name)}
            title={t.play(name)}
            onClick={() => void load().then(setUrl)}
          >
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
              <path d="M8 5.500v13l10.500-6.500z" />
            </svg>
          </button>
        )}
        {children}
      </div>
      {isBroken && (
        <p class="message-note" role="alert">
          {t.cannotPlay}
        </p>
      )}
    </div>
  );
}
