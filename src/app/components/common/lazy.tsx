import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type More, withMore } from "../../load-more.ts";

/** A component whose code loads when it is first shown. */
export function lazy<Props extends object>(
  pick: (more: More) => FunctionComponent<Props>,
): FunctionComponent<Props> {
  return (props) => {
    const [Loaded, setLoaded] = useState<FunctionComponent<Props>>();
    useEffect(() => withMore((more) => setLoaded(() => pick(more))), []);
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}
