import type { Contender } from "../peers/contender.ts";

/** The figures of a row. Each name includes its unit. */
export type Figures = Record<string, number>;

/** The figures of each contender. */
export type Compared = Partial<Record<Contender["name"], Figures>>;

/** `isFull`: more sockets, longer runs and more rounds. */
export type Scale = { isFull: boolean };

type About = {
  name: string;
  about: string;
  /** Whether a short bench leaves it out, unless it is named. */
  isLong?: boolean;
};

/** One measurement of the service. */
export type Row = About & { run(scale: Scale): Promise<Figures> };

/** A measurement of the service and its peers in the same run, interleaved. */
export type Comparison = About & { compare(scale: Scale): Promise<Compared> };
