import type { Contender } from "./peers/contender.ts";

/** What a row measured; each figure's name says its unit. */
export type Figures = Record<string, number>;

/** The figures of those that did the same work. */
export type Compared = Partial<Record<Contender["name"], Figures>>;

/** `isFull`: more sockets, longer, and more often. */
export type Scale = { isFull: boolean };

type About = {
  name: string;
  about: string;
  /** Left out of a short bench, unless it is asked for by its name. */
  isLong?: boolean;
};

/** One measurement of the service. */
export type Row = About & { run(scale: Scale): Promise<Figures> };

/** One measurement of the service and of others, in one and the same run, by turns. */
export type Comparison = About & { compare(scale: Scale): Promise<Compared> };
