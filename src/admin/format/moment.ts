import { locale } from "../../app/i18n/language.ts";

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** A date with its time. */
export function formatMoment(at: number): string {
  const parts = { dateStyle: "medium", timeStyle: "medium" } as const;
  return new Intl.DateTimeFormat(locale.value, parts).format(at);
}

/** How far away a time is, in its largest unit, before or after now. */
export function formatDistance(at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" });
  const distance = at - now;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ["second", 1000];
  return format.format(Math.trunc(distance / length), unit);
}
