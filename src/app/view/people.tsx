import { useMemo } from "preact/hooks";
import type { Talk } from "../talk/talk.ts";
import { locale, words } from "../text/index.ts";
import { Avatar, Name } from "./parts.tsx";

/** Who is here: oneself first, then by name. All tabs of one person are one of them. */
export function People({ talk }: { talk: Talk }) {
  const t = words.value;
  const me = talk.me.value;
  const members = talk.members.value;
  const sorted = useMemo(() => {
    const { compare } = new Intl.Collator(locale.value);
    return members.toSorted(
      (a, b) => Number(b.member === me) - Number(a.member === me) || compare(a.name, b.name),
    );
  }, [members, me, locale.value]);
  const others = talk.count.value - sorted.length;
  if (!talk.listed.value) return <p class="hint">{t.notListed(talk.count.value)}</p>;
  return (
    <>
      <ul class="people">
        {sorted.map(({ member, name }) => (
          <li key={member}>
            <Avatar member={member} name={name} />
            <Name of={name} />
            {member === me && <small>{t.you}</small>}
          </li>
        ))}
      </ul>
      {others > 0 && <p class="hint">{t.others(others)}</p>}
    </>
  );
}
