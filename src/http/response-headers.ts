/** For an answer that is valid only now or only for this caller. */
export const NO_STORE = { "cache-control": "no-store" };

/** The caller may keep the answer, but revalidates it by its ETag before each use. */
export const REVALIDATE = { "cache-control": "private, no-cache" };

/** For a body that is already JSON text. */
export const JSON_TYPE = { "content-type": "application/json" };
