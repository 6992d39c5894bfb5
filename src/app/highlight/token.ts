/** A piece of code with its type, which is the end of a class name. Text of no type has none. */
export type CodeToken = [text: string, type?: string];

export type HighlightRequest = { id: number; text: string; language: string };
export type HighlightAnswer = { id: number; tokens: CodeToken[] };
