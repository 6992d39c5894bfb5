import { lookup } from "../../../app/i18n/language.ts";
import type { SettingInForce } from "../../../protocol/service-settings.ts";
import { formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { groupSettings, isChanged } from "./setting-groups.ts";

type SettingTablesProps = { settings: readonly SettingInForce[]; isOnlyChanged: boolean };

/** One table for each group. */
export function SettingTables({ settings, isOnlyChanged }: SettingTablesProps) {
  const t = texts.value.settings;
  const groups = groupSettings(isOnlyChanged ? settings.filter(isChanged) : settings);
  if (groups.length === 0) return <p class="hint">{t.noneChanged}</p>;
  return (
    <div class="setting-groups">
      {groups.map(([group, members]) => (
        <section key={group}>
          <h2>{t.groups[group]}</h2>
          <table class="setting-table">
            <caption class="visually-hidden">{`${t.caption}: ${t.groups[group]}`}</caption>
            <thead>
              <tr>
                <th scope="col">{t.columns.name}</th>
                <th scope="col">{t.columns.value}</th>
                <th scope="col">{t.columns.default}</th>
                <th scope="col">{t.columns.source}</th>
              </tr>
            </thead>
            <tbody>
              {members.map((setting) => (
                <SettingRow key={setting.name} setting={setting} />
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </div>
  );
}

function SettingRow({ setting }: { setting: SettingInForce }) {
  const t = texts.value.settings;
  const { name, source, unused } = setting;
  return (
    <tr data-changed={isChanged(setting)} data-name={name}>
      <th scope="row">
        <code>{name}</code>
      </th>
      <td data-label={t.columns.value}>
        <Value setting={setting} />
        {unused !== undefined && <span class="unused">{t.unused[unused]}</span>}
      </td>
      <td data-label={t.columns.default}>{defaultOf(setting)}</td>
      <td data-label={t.columns.source} data-source={source}>
        {t.sources[source]}
      </td>
    </tr>
  );
}

function Value({ setting }: { setting: SettingInForce }) {
  const t = texts.value.settings;
  const { name, secret, set, value, partial, source } = setting;
  if (secret) return <span class={set ? "set" : "absent"}>{set ? t.set : t.notSet}</span>;
  if (value === null || value === undefined) {
    // A setting that something set, and that has no value, is invalid.
    return (
      <span class={source === "default" ? "absent" : "fault"}>
        {source === "default" ? t.notSet : t.invalid}
      </span>
    );
  }
  if (name === "ALLOWED_ORIGINS" && value === "") return <span>{t.ownOrigin}</span>;
  if (typeof value === "number") return <span>{withUnit(value, setting.unit)}</span>;
  return (
    <bdi class="text-value" title={partial && t.partial}>
      {value}
    </bdi>
  );
}

function defaultOf(setting: SettingInForce): string {
  const { default: value } = setting;
  if (value === null) return "–";
  return typeof value === "number" ? formatNumber(value) : value;
}

function withUnit(value: number, unit: string | undefined): string {
  const number = formatNumber(value);
  return unit === undefined ? number : `${number} ${lookup(unit, texts.value.settings.units) ?? unit}`;
}
