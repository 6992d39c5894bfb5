import { displayName } from "../../format/display-name.ts";

/** A name that somebody else chose. `bdi` keeps its text direction from affecting the text around it. */
export function NameLabel({ name }: { name: string }) {
  return <bdi class="name">{displayName(name)}</bdi>;
}
