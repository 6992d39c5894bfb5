/** How long the file store may take for a call without bytes: milliseconds. */
const STORE_TIMEOUT_MS = 30_000;

/** Waits for the file store. A call that hangs would keep its object in memory. @throws Error where it takes too long */
export async function withinTime<Value>(call: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The file store did not answer in time.")), STORE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
