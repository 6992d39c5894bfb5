/** The state of the process at a time. `minute`: since the load began. */
export type Sample = {
  minute: number;
  rssMB: number;
  files: number;
  cpuPercent: number;
  deliveries: number;
  p50: number;
  p99: number;
};

/** The process warms up in the first third: code is compiled, and caches fill. */
const WARM_UP = 1 / 3;

/** More than this is growth: megabytes a minute. */
export const MAX_SLOPE = 1;

/** The growth of the memory after the warm-up: megabytes a minute, by the least squares. */
export function slopeOf(samples: readonly Pick<Sample, "minute" | "rssMB">[]): number {
  const measured = afterWarmUp(samples);
  const mean = (of: (sample: Pick<Sample, "minute" | "rssMB">) => number) =>
    measured.reduce((sum, sample) => sum + of(sample), 0) / measured.length;
  const minutes = mean(({ minute }) => minute);
  const memory = mean(({ rssMB }) => rssMB);
  return (
    mean(({ minute, rssMB }) => (minute - minutes) * (rssMB - memory)) /
    mean(({ minute }) => (minute - minutes) ** 2)
  );
}

export function afterWarmUp<Each extends { minute: number }>(samples: readonly Each[]): Each[] {
  const end = samples.at(-1)?.minute ?? 0;
  return samples.filter(({ minute }) => minute >= end * WARM_UP);
}
