import { useRef, useState } from "preact/hooks";
import { load, save } from "../../browser-storage.ts";
import { isLoopback, withHost } from "../../format/reachable-link.ts";
import { moreStrings } from "../../i18n/index.ts";
import { lanHost } from "../../lan-host.ts";
import { currentRoom, inviteLink } from "../../router.ts";
import { InvitationChoice } from "./invitation-choice.tsx";
import { QrCode } from "./qr-code.tsx";

const HOST_KEY = "dormouse.host";

/** An empty room and a dialog above it can both show the link. */
let ids = 0;
const newId = () => `invite-${ids++}`;

/**
 * The link to the room, as a QR code and to copy or share. On `localhost`, the link has the address of this computer in its network, which
 * the build or the person says.
 */
export function InviteContent({ hostname = location.hostname }: { hostname?: string }) {
  const [token, setToken] = useState<string>();
  const local = inviteLink(currentRoom.value) + (token === undefined ? "" : `&token=${token}`);
  const isLocal = isLoopback(hostname);
  const [host, setHost] = useState((load(HOST_KEY) ?? "") || lanHost);
  const reachable = isLocal ? withHost(local, host) : local;
  const link = reachable ?? local;
  const t = moreStrings.value;
  return (
    <div class="form-fields invite">
      <p class="hint">{t.inviteHint}</p>
      <InvitationChoice onToken={setToken} />
      {reachable !== undefined && <QrCode text={reachable} />}
      <CopyField link={link} />
      {isLocal && (
        <HostField
          host={host}
          isReachable={reachable !== undefined}
          onHost={(value) => {
            setHost(value);
            save(HOST_KEY, value.trim());
          }}
        />
      )}
      {navigator.share !== undefined && (
        <button type="button" onClick={() => void navigator.share({ url: link }).catch(() => {})}>
          {t.share}
        </button>
      )}
    </div>
  );
}

function CopyField({ link }: { link: string }) {
  const [id] = useState(newId);
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
    <>
      <label for={id}>{t.inviteLink}</label>
      <div class="copy-field">
        <textarea
          ref={field}
          id={id}
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
    </>
  );
}

type HostFieldProps = { host: string; isReachable: boolean; onHost: (host: string) => void };

function HostField({ host, isReachable, onHost }: HostFieldProps) {
  const [id] = useState(newId);
  const t = moreStrings.value;
  const isInvalid = !isReachable && host.trim() !== "";
  return (
    <>
      <label for={id}>{t.hostLabel}</label>
      <input
        id={id}
        dir="ltr"
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
        placeholder="192.168.1.20"
        aria-describedby={`${id}-hint`}
        aria-invalid={isInvalid}
        value={host}
        onInput={({ currentTarget }) => onHost(currentTarget.value)}
      />
      <p class="hint" id={`${id}-hint`}>
        {isReachable ? t.hostKnown : isInvalid ? t.hostInvalid : t.hostUnknown}
      </p>
    </>
  );
}
