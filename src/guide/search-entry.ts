/** A section of a page, as the search finds it. */
export type SearchEntry = { url: string; title: string; heading: string; text: string };
