import { useEffect, useRef, useState } from "preact/hooks";
import type { ServiceSettings } from "../../protocol/service-settings.ts";
import { ViewTitle } from "../components/view-title.tsx";
import { Loader } from "../http/loader.ts";
import { texts } from "../i18n/index.ts";
import { call } from "../session.ts";
import { type Made, makeToken } from "./token/make-token.ts";
import { TokenCommand } from "./token/token-command.tsx";
import { TokenFields } from "./token/token-fields.tsx";
import { EMPTY_FORM, type Faults, faultsOf, requestOf } from "./token/token-form.ts";
import { TokenResult } from "./token/token-result.tsx";

/** Signs tokens in the browser. The secret is in its input only, which is cleared before anything else happens with it. */
export function TokenMakerView() {
  const [form, setForm] = useState(EMPTY_FORM);
  const [faults, setFaults] = useState<Faults>({});
  const [made, setMade] = useState<Made | undefined>(undefined);
  const [isSigning, setSigning] = useState(false);
  const secretInput = useRef<HTMLInputElement>(null);
  const [service] = useState(() => new Loader((signal) => call<ServiceSettings>("/v1/settings", { signal })));
  useEffect(() => {
    const input = secretInput.current;
    void service.load();
    return () => {
      service.stop();
      if (input !== null) input.value = "";
    };
  }, [service]);

  const submit = async () => {
    const input = secretInput.current;
    const found = { ...faultsOf(form), ...(input?.value.trim() === "" && { secret: "secret" as const }) };
    setFaults(found);
    const [first] = Object.keys(found);
    if (first !== undefined || input === null) {
      document.getElementById(`token-${first}`)?.focus();
      return;
    }
    const secret = input.value;
    input.value = "";
    setSigning(true);
    setMade(undefined);
    try {
      // The service may require an issuer and an audience.
      if (service.value.value === undefined) await service.load();
      await makeToken(requestOf(form), secret, service.value.value, setMade);
    } finally {
      setSigning(false);
    }
  };

  const t = texts.value.tokenMaker;
  return (
    <>
      <ViewTitle title={t.title} />
      <p class="view-about">{t.about}</p>
      <ServiceNote settings={service.value.value} hasFailed={service.error.value !== undefined} />
      <div class="token-maker">
        <form
          class="form-fields"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!isSigning) void submit();
          }}
        >
          <TokenFields form={form} faults={faults} onChange={setForm} secretInput={secretInput} />
          <button type="submit" class="primary" aria-disabled={isSigning}>
            {isSigning ? t.making : t.make}
          </button>
        </form>
        <div class="token-outcome">
          {made !== undefined && <TokenResult made={made} />}
          <TokenCommand form={form} />
        </div>
      </div>
    </>
  );
}

type ServiceNoteProps = { settings: ServiceSettings | undefined; hasFailed: boolean };

/** Why the service would refuse every token of this page. */
function ServiceNote({ settings, hasFailed }: ServiceNoteProps) {
  const t = texts.value.tokenMaker;
  const hasSecret = settings?.settings.some(({ name, set }) => name === "AUTH_SECRET" && set);
  const note =
    settings === undefined
      ? hasFailed && t.noSettings
      : settings.signIn === "code"
        ? t.codeSignIn
        : !hasSecret && t.noSecret;
  return note ? (
    <p class="note-line" role="status">
      {note}
    </p>
  ) : null;
}
