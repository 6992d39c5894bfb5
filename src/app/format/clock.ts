import { signal } from "@preact/signals";
import { locale } from "../text/index.ts";

/** Times, days and sizes as the reader writes them. */

function formatter(options: Intl.DateTimeFormatOptions): (at: number) => string {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (at) => {
    const tag = locale.value;
    const format = made.get(tag) ?? new Intl.DateTimeFormat(tag, options);
    made.set(tag, format);
    return format.format(at);
  };
}

export const timeOf = formatter({ hour: "2-digit", minute: "2-digit" });

/** The same without "PM" and the like, for where a time above says which half of the day it is. */
export function hourOf(at: number): string {
  return /\d+\D\d+/.exec(timeOf(at))?.[0] ?? "";
}

export const exactTimeOf = formatter({
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});
export const momentOf = formatter({ dateStyle: "full", timeStyle: "medium" });
const thisYear = formatter({ weekday: "long", day: "numeric", month: "long" });
const otherYear = formatter({ day: "numeric", month: "long", year: "numeric" });

export function dateOf(at: number, now: number): string {
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? thisYear(at) : otherYear(at);
}

/** Days between the days of two moments, by the reader's calendar. */
export function daysBetween(before: number, after: number): number {
  return Math.round((startOfDay(after) - startOfDay(before)) / 86_400_000);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** When the reader's day began; it is another one after midnight, or after a night in which the machine slept. */
export const today = signal(startOfDay(Date.now()));

export function followToday(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    const now = Date.now();
    today.value = startOfDay(now);
    clearTimeout(timer);
    timer = setTimeout(look, new Date(now).setHours(24, 0, 0, 0) - now);
  };
  look();
  document.addEventListener("visibilitychange", look);
}

export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 999_500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
