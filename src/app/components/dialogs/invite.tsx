import { useEffect, useRef, useState } from "preact/hooks";
import { moreStrings } from "../../i18n/index.ts";
import { currentRoom, inviteLink } from "../../router.ts";
import { InvitationChoice } from "./invitation-choice.tsx";

/** The link to the room, as a QR code and to copy or share. */
export function InviteContent() {
  const [token, setToken] = useState<string>();
  const link = inviteLink(currentRoom.value) + (token === undefined ? "" : `&token=${token}`);
  const [isCopied, setCopied] = useState<boolean>();
  const field = useRef<HTMLTextAreaElement>(null);
  const t = moreStrings.value;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // The browser or the user refused access to the clipboard.
      field.current?.select();
      setCopied(false);
    }
  };
  return (
    <div class="form-fields">
      <p class="hint">{t.inviteHint}</p>
      <InvitationChoice onToken={setToken} />
      <QrCode text={link} />
      <label for="link">{t.inviteLink}</label>
      <div class="copy-field">
        <textarea
          ref={field}
          id="link"
          rows={2}
          dir="ltr"
          readOnly
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        {navigator.clipboard !== undefined && (
          <button type="button" class="primary" aria-live="polite" onClick={() => void copy()}>
            {isCopied ? t.copied : t.copy}
          </button>
        )}
      </div>
      <p class="hint" role="status">
        {isCopied === false && t.copyBlocked}
      </p>
      {navigator.share !== undefined && (
        <button type="button" onClick={() => void navigator.share({ url: link }).catch(() => {})}>
          {t.share}
        </button>
      )}
    </div>
  );
}

/** Dark on light in both themes, since many QR readers do not read inverted codes. */
function QrCode({ text }: { text: string }) {
  const [code, setCode] = useState<{ viewBox: string; path: string }>();
  useEffect(() => {
    // If the script does not load, the link still works.
    void import("./qr-encoder.ts").then(({ encodeQr }) => setCode(encodeQr(text))).catch(() => {});
  }, [text]);
  return (
    <svg class="qr-code" viewBox={code?.viewBox} role="img" aria-label={moreStrings.value.qrLabel}>
      <path d={code?.path} shape-rendering="crispEdges" />
    </svg>
  );
}
