import { readFileSync } from "node:fs";

/** Clock ticks per second in /proc, on every Linux that Node supports. */
const TICKS = 100;

export type Usage = { rssMB: number; cpuSeconds: number };

/** The memory and CPU time of a process, from Linux's /proc. NaN on other systems. */
export function usageOf(pid: number): Usage {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    // The command's name may contain spaces, so fields are counted from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return {
      rssMB: Number(kilobytes) / 1024,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    };
  } catch {
    return { rssMB: Number.NaN, cpuSeconds: Number.NaN };
  }
}
