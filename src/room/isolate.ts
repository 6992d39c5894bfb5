/**
 * Runs one of several steps that must not stop each other. An exception is logged under the name of the step.
 * @returns whether the step ran to its end
 */
export function isolate(step: string, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    console.error(`${step} failed:`, error);
    return false;
  }
}
