import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { loadMore, type More, more } from "../../load-more.ts";

/** A component whose code loads when it is first shown. */
export function lazy<Props extends object>(
  pick: (more: More) => FunctionComponent<Props>,
): FunctionComponent<Props> {
  return (props) => {
    useEffect(() => void loadMore(), []);
    const Loaded = more.value && pick(more.value);
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}
