/** What a row measured; each figure's name says its unit. */
export type Figures = Record<string, number>;

/** One measurement of the bench: a column of its table. */
export type Row = { name: string; about: string; run: () => Promise<Figures> };
