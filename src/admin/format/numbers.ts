import { locale } from "../../app/i18n/language.ts";

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** A whole number with the separators of the user's language; a dash for one that is unknown. */
export function formatNumber(value: number | undefined): string {
  return value === undefined ? "–" : new Intl.NumberFormat(locale.value).format(value);
}

/** How long ago something was, in its largest unit. The clock of another machine may be ahead: then it is now. */
export function formatAgo(at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(locale.value, { style: "short", numeric: "auto" });
  const age = Math.max(0, now - at);
  const [unit, length] = UNITS.find(([, length]) => age >= length) ?? ["second", 1000];
  return format.format(-Math.floor(age / length), unit);
}

/** A duration as milliseconds, or as seconds from ten seconds on. */
export function formatDelay(ms: number): string {
  return Math.abs(ms) < 10_000 ? `${Math.round(ms)} ms` : `${formatNumber(Math.round(ms / 1000))} s`;
}

/** The time of day with seconds, always as wide. */
export function formatClock(at: number): string {
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(locale.value, parts).format(at);
}
