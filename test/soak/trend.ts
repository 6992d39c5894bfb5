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

/** Up to this many percent are noise of the garbage collector. */
export const MAX_GROWTH = 3;

type Memory = Pick<Sample, "minute" | "rssMB">;

/**
 * How much higher the peak of the memory is in the last third than in the middle third, in percent. In the first third, code is compiled, and
 * the heap gets the size that it needs. Peaks, because the garbage collector lets the memory go up and down by a tenth.
 */
export function growthOf(samples: readonly Memory[]): { middle: number; last: number; percent: number } {
  const end = samples.at(-1)?.minute ?? 0;
  const peak = (from: number, to: number) =>
    Math.max(
      ...samples.flatMap(({ minute, rssMB }) => (minute > from * end && minute <= to * end ? [rssMB] : [])),
    );
  const [middle, last] = [peak(1 / 3, 2 / 3), peak(2 / 3, 1)];
  return { middle, last, percent: 100 * (last / middle - 1) };
}

export function afterWarmUp(samples: readonly Sample[]): Sample[] {
  const end = samples.at(-1)?.minute ?? 0;
  return samples.filter(({ minute }) => minute > end / 3);
}
