import { useRef, useState } from "preact/hooks";
import { ApiError } from "../http/request.ts";

export type Action<Value> = {
  run: () => Promise<void>;
  isRunning: boolean;
  /** The result of the last run; undefined if it failed, or before. */
  value: Value | undefined;
  error: ApiError | undefined;
};

/** An action of the operator that the service may refuse. A second press while it runs does nothing. */
export function useAction<Value>(act: () => Promise<Value>): Action<Value> {
  const [outcome, setOutcome] = useState<{ value?: Value; error?: ApiError }>({});
  const [isRunning, setRunning] = useState(false);
  const isBusy = useRef(false);
  const run = async () => {
    if (isBusy.current) return;
    isBusy.current = true;
    setRunning(true);
    try {
      setOutcome({ value: await act() });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setOutcome({ error });
    } finally {
      isBusy.current = false;
      setRunning(false);
    }
  };
  return { run, isRunning, value: outcome.value, error: outcome.error };
}
