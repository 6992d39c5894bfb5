/** The value of a setting as wrangler.toml spells it. */
export function inConfig(value: number | boolean | string): number | string {
  return typeof value === "boolean" ? (value ? "on" : "off") : value;
}
