import type { ComponentChildren, RefObject } from "preact";
import { CAPABILITIES } from "../../../protocol/capabilities.ts";
import { texts } from "../../i18n/index.ts";
import { type Faults, type TokenForm, UNITS, type Unit } from "./token-form.ts";

type TokenFieldsProps = {
  form: TokenForm;
  faults: Faults;
  onChange: (form: TokenForm) => void;
  secretInput: RefObject<HTMLInputElement | null>;
};

/** The claims and the secret. The secret is no part of the form's state. */
export function TokenFields({ form, faults, onChange, secretInput }: TokenFieldsProps) {
  const t = texts.value.tokenMaker;
  const set = (change: Partial<TokenForm>) => onChange({ ...form, ...change });
  const described = (field: keyof Faults) => ({
    id: `token-${field}`,
    "aria-describedby": `token-${field}-hint`,
    "aria-invalid": faults[field] === undefined ? undefined : ("true" as const),
  });
  const text = { autocomplete: "off", spellcheck: false, dir: "auto" } as const;
  return (
    <>
      <Field field="member" label={t.member} hint={t.memberHint} faults={faults}>
        <input
          {...described("member")}
          {...text}
          value={form.member}
          onInput={({ currentTarget }) => set({ member: currentTarget.value })}
        />
      </Field>
      <Field field="name" label={t.name} hint={t.nameHint} faults={faults}>
        <input
          {...described("name")}
          {...text}
          value={form.name}
          onInput={({ currentTarget }) => set({ name: currentTarget.value })}
        />
      </Field>
      <Field field="rooms" label={t.rooms} hint={t.roomsHint} faults={faults}>
        <textarea
          {...described("rooms")}
          {...text}
          rows={3}
          value={form.rooms}
          onInput={({ currentTarget }) => set({ rooms: currentTarget.value })}
        />
      </Field>
      <Capabilities form={form} faults={faults} onChange={onChange} />
      <Lifetime form={form} faults={faults} onChange={onChange} />
      <Field field="secret" label={t.secret} hint={t.secretHint} faults={faults}>
        <input
          {...described("secret")}
          ref={secretInput}
          type="password"
          autocomplete="off"
          spellcheck={false}
        />
      </Field>
    </>
  );
}

type FieldProps = {
  field: keyof Faults;
  label: string;
  hint: string;
  faults: Faults;
  children: ComponentChildren;
};

function Field({ field, label, hint, faults, children }: FieldProps) {
  return (
    <div class="field">
      <label for={`token-${field}`}>{label}</label>
      {children}
      <Hint field={field} hint={hint} faults={faults} />
    </div>
  );
}

/** The hint of a field, or its fault. */
function Hint({ field, hint, faults }: Omit<FieldProps, "label" | "children">) {
  const fault = faults[field];
  return (
    <p id={`token-${field}-hint`} class={fault === undefined ? "hint" : "hint fault"}>
      {fault === undefined ? hint : texts.value.tokenMaker.faults[fault]}
    </p>
  );
}

type PartProps = Omit<TokenFieldsProps, "secretInput">;

function Capabilities({ form, faults, onChange }: PartProps) {
  const t = texts.value.tokenMaker;
  const hint = form.can.includes("admin") ? t.adminHint : "";
  return (
    <fieldset class="capabilities" aria-describedby="token-can-hint">
      <legend>{t.can}</legend>
      {CAPABILITIES.map((capability, i) => (
        <label key={capability} class="choice">
          <input
            id={i === 0 ? "token-can" : undefined}
            type="checkbox"
            checked={form.can.includes(capability)}
            onChange={({ currentTarget: { checked } }) =>
              onChange({
                ...form,
                can: checked ? [...form.can, capability] : form.can.filter((each) => each !== capability),
              })
            }
          />
          <span>
            <code>{capability}</code> <span class="hint">{t.capabilities[capability]}</span>
          </span>
        </label>
      ))}
      <Hint field="can" hint={hint} faults={faults} />
    </fieldset>
  );
}

function Lifetime({ form, faults, onChange }: PartProps) {
  const t = texts.value.tokenMaker;
  const units = Object.keys(UNITS) as Unit[];
  return (
    <fieldset class="lifetime" aria-describedby="token-count-hint">
      <legend>{t.expiry}</legend>
      <input
        id="token-count"
        aria-label={t.expiryCount}
        aria-invalid={faults.count === undefined ? undefined : "true"}
        inputMode="numeric"
        autocomplete="off"
        maxLength={6}
        value={form.count}
        onInput={({ currentTarget }) => onChange({ ...form, count: currentTarget.value.trim() })}
      />
      <select
        aria-label={t.expiryUnit}
        value={form.unit}
        onChange={({ currentTarget }) =>
          onChange({ ...form, unit: units.find((unit) => unit === currentTarget.value) ?? "h" })
        }
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {t.units[unit]}
          </option>
        ))}
      </select>
      <Hint field="count" hint="" faults={faults} />
    </fieldset>
  );
}
