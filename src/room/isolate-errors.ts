import type { FaultCode } from "../telemetry/events.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/**
 * Runs one of several steps that must not stop each other. An error is reported under the name of the step.
 * @returns whether the step ran to its end
 */
export function isolate(telemetry: Telemetry, code: FaultCode, step: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    telemetry.fault(code, step, error);
    return false;
  }
}

/**
 * Runs a step for each item. An error for one item does not stop the others.
 * @throws AggregateError at the end, with all errors, where there were any
 */
export function isolateEach<Item>(items: Iterable<Item>, run: (item: Item) => void): void {
  const errors: unknown[] = [];
  for (const item of items) {
    try {
      run(item);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors[0]} (${errors.length} in all)`);
}
