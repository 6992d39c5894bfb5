import { signal } from "@preact/signals";
import { locale } from "../i18n/language.ts";

/** Formats times and dates for the user's locale. */

function formatter(options: Intl.DateTimeFormatOptions): (at: number) => string {
  const cache = new Map<string, Intl.DateTimeFormat>();
  return (at) => {
    const tag = locale.value;
    const format = cache.get(tag) ?? new Intl.DateTimeFormat(tag, options);
    cache.set(tag, format);
    return format.format(at);
  };
}

export const formatTime = formatter({ hour: "numeric", minute: "2-digit" });

/** The time without "AM" or "PM", for messages below one that shows the full time. */
export function formatShortTime(at: number): string {
  return /\d+\D\d+/.exec(formatTime(at))?.[0] ?? "";
}

export const formatExactTime = formatter({
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});
export const formatDateTime = formatter({ dateStyle: "full", timeStyle: "medium" });
const formatDayThisYear = formatter({ weekday: "long", day: "numeric", month: "long" });
const formatDayOtherYear = formatter({ day: "numeric", month: "long", year: "numeric" });

export function formatDay(at: number, now: number): string {
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return isThisYear ? formatDayThisYear(at) : formatDayOtherYear(at);
}

/** Calendar days between two times, in the user's time zone. */
export function daysBetween(before: number, after: number): number {
  return Math.round((startOfDay(after) - startOfDay(before)) / 86_400_000);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The start of the current day. */
export const today = signal(startOfDay(Date.now()));

/** Updates `today` at midnight, and when the page becomes visible: timers stop while a computer sleeps. */
export function watchToday(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const update = () => {
    const now = Date.now();
    today.value = startOfDay(now);
    clearTimeout(timer);
    timer = setTimeout(update, new Date(now).setHours(24, 0, 0, 0) - now);
  };
  update();
  document.addEventListener("visibilitychange", update);
}
