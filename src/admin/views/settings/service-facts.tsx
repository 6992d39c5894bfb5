import type { ServiceSettings } from "../../../protocol/service-settings.ts";
import { texts } from "../../i18n/index.ts";

const BINDINGS = ["FILES", "METRICS", "DIRECTORY", "JOINS"] as const;

/** The versions, the sign-in, and which bindings there are. */
export function ServiceFacts({ settings }: { settings: ServiceSettings }) {
  const t = texts.value.settings;
  const { version, contract, signIn, bindings } = settings;
  return (
    <dl class="fact-list">
      <div>
        <dt>{t.facts.version}</dt>
        <dd>{version}</dd>
      </div>
      <div>
        <dt>{t.facts.contract}</dt>
        <dd>{contract}</dd>
      </div>
      <div>
        <dt>{t.facts.signIn}</dt>
        <dd>{t.signIns[signIn]}</dd>
      </div>
      {BINDINGS.map((name) => (
        <div key={name}>
          <dt>
            {name} <span>({t.bindings[name]})</span>
          </dt>
          <dd data-present={bindings[name]}>{bindings[name] ? t.present : t.absent}</dd>
        </div>
      ))}
    </dl>
  );
}
