/**
 * Waits for a promise, but not longer than a time limit. The timer never outlasts the promise: a pending timer keeps a room awake.
 * @param limitMs milliseconds
 * @param onTimeout called where the promise takes longer; gives the result instead, or throws
 */
export async function waitAtMost<Value, Late = never>(
  limitMs: number,
  promise: Promise<Value>,
  onTimeout: () => Late,
): Promise<Value | Late> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    return await Promise.race([promise, timeout.then(onTimeout)]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls a function with a signal that aborts after a time limit, with a `TimeoutError`. Unlike that of `AbortSignal.timeout`, the timer
 * ends with the call.
 * @param limitMs milliseconds
 */
export async function abortAfter<Value>(
  limitMs: number,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException("It did not answer in time.", "TimeoutError")),
    limitMs,
  );
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
