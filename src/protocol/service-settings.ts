/** The answer about the settings of a service, as plain types: the declarations of the package name no schema library. */

/** A value as it is written in the environment. Null: not set, or invalid. */
type SettingValue = number | string | null;

/**
 * A setting in force.
 *
 * - `source`: `default` where nothing sets it, `environment` where a variable or a secret does, `code` where the Worker's own code does.
 * - `value`: absent for a secret. `partial`: it is the beginning only, because the rest may hold a secret.
 * - `secret`, `set`: the value of a secret is never shown, but whether there is one.
 * - `min`, `max`: the range of a whole number.
 * - `unused`: why the setting has no effect: the Worker's code signs clients in, there is no file store, or there is no webhook.
 */
export type SettingInForce = {
  name: string;
  source: "default" | "environment" | "code";
  value?: SettingValue | undefined;
  partial?: true | undefined;
  secret?: true | undefined;
  set?: boolean | undefined;
  default: SettingValue;
  unit?: string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  unused?: "code_sign_in" | "no_file_store" | "no_webhook" | undefined;
};

/** An invalid setting. `name` is absent where the fault is not that of one setting. */
export type SettingProblem = { name?: string | undefined; detail: string };

/**
 * The settings of a service.
 *
 * - `version`, `contract`: those of Dormouse, and of its wire contract.
 * - `room`: the room whose settings these are; null for those of calls that name no room.
 * - `signIn`: `tokens`, or `code` where the Worker's code signs clients in.
 * - `codeSettings`: whether the Worker's code has settings for rooms. Those are known for a room only.
 * - `bindings`: which optional bindings there are.
 * - `problems`: while there is one, the service refuses every request but the one for its settings with `misconfigured`.
 */
export type ServiceSettings = {
  version: string;
  contract: number;
  room: string | null;
  signIn: "tokens" | "code";
  codeSettings: boolean;
  bindings: { FILES: boolean; METRICS: boolean; DIRECTORY: boolean; JOINS: boolean };
  settings: SettingInForce[];
  problems: SettingProblem[];
};
