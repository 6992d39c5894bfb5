import { HOOKS } from "../peers/hooks.ts";
import { interleaved } from "./interleaved.ts";
import type { Compared, Comparison, Scale } from "./row.ts";

/** A hook costs the same whatever the room's size, so it weighs most in a small one. */
const SIZES = [500, 20] as const;

/** Measures the cost of `onPublish`. */
export const rows: readonly Comparison[] = [
  {
    name: "hooks",
    about: `rooms of ${SIZES.join(" and ")} sockets, as many messages as they take, without a hook, with an empty one and with one that writes`,
    isLong: true,
    compare: hooks,
  },
];

async function hooks({ isFull }: Scale): Promise<Compared> {
  const compared: Compared = {};
  for (const sockets of SIZES) {
    const some = await interleaved(HOOKS, sockets, isFull ? 15 : 9, isFull ? 4 : 3);
    for (const { name } of HOOKS) {
      const { "deliveries/s": deliveries, "Dormouse's deliveries, times": times } = some[name] ?? {};
      compared[name] = {
        ...compared[name],
        ...(deliveries === undefined ? {} : { [`${sockets} sockets, deliveries/s`]: deliveries }),
        ...(times === undefined ? {} : { [`${sockets} sockets, part of the throughput`]: 1 / times }),
      };
    }
  }
  return compared;
}
