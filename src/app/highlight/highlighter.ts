import type { CodeToken, HighlightAnswer, HighlightRequest } from "./token.ts";

/** The start of a code, and its tokens. */
export type HighlightedCode = { text: string; tokens: readonly CodeToken[] };

const MAX_CHARS = 20_000;
const MAX_TOKENS = 4000;
const TIMEOUT_MS = 2000;
/** After so many, somebody makes the page work for nothing. */
const MAX_TIMEOUTS = 3;

let worker: Worker | undefined;
let timeouts = 0;
let lastId = 0;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Splits code into tokens. The highlighter loads when it is first used, and works beside the page, one code at a time.
 * @param isWanted asked when the code's turn comes
 * @returns undefined if the code is too long, or takes too long
 */
export function highlight(
  text: string,
  language: string,
  isWanted: () => boolean,
): Promise<readonly CodeToken[] | undefined> {
  if (text.length > MAX_CHARS) return Promise.resolve(undefined);
  const tokens = queue.then(() => (isWanted() && timeouts < MAX_TIMEOUTS ? ask(text, language) : undefined));
  queue = tokens;
  return tokens;
}

async function ask(text: string, language: string): Promise<readonly CodeToken[] | undefined> {
  worker ??= new Worker("/highlight.js", { type: "module" });
  const tokens = await answerOf(worker, { id: ++lastId, text, language });
  if (tokens === undefined) {
    // It may work on this code for ever.
    worker.terminate();
    worker = undefined;
    timeouts++;
  }
  return tokens !== undefined && tokens.length <= MAX_TOKENS ? tokens : undefined;
}

function answerOf(worker: Worker, request: HighlightRequest): Promise<readonly CodeToken[] | undefined> {
  return new Promise((resolve) => {
    const end = (tokens?: readonly CodeToken[]) => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = null;
      resolve(tokens);
    };
    const timer = setTimeout(end, TIMEOUT_MS);
    worker.onmessage = ({ data }: MessageEvent<HighlightAnswer>) => {
      if (data.id === request.id) end(data.tokens);
    };
    worker.onerror = () => end();
    worker.postMessage(request);
  });
}
