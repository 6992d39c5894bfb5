import { drawn } from "../format/people.ts";
import { flat, isolated, unpiled } from "../format/safe.ts";
import { open, panel, toggle } from "../state.ts";
import type { Talk } from "../talk/talk.ts";
import { words } from "../text/index.ts";
import { NetworkLine } from "./network.tsx";
import { IconButton } from "./parts.tsx";

/** The room's own line: its name, how it stands with the network, and what can be opened beside it. */
export function Top({ talk }: { talk: Talk }) {
  const t = words.value;
  const count = talk.count.value;
  return (
    <header class="top">
      <IconButton class="only-narrow" icon="menu" label={t.menu} onClick={() => (open.value = "rooms")} />
      <div class="where">
        <h1 title={flat(talk.room)}>
          <bdi>{unpiled(talk.room)}</bdi>
        </h1>
        <NetworkLine talk={talk} />
      </div>
      <IconButton icon="invite" label={t.invite} onClick={() => (open.value = "invite")} />
      <IconButton
        class="with-count"
        icon="people"
        label={`${t.people}: ${t.here(count)}`}
        isOn={panel.value === "people"}
        onClick={() => toggle("people")}
      >
        {count > 0 && <span class="count">{count}</span>}
      </IconButton>
      <IconButton
        icon="frames"
        label={t.frames}
        isOn={panel.value === "frames"}
        onClick={() => toggle("frames")}
      />
    </header>
  );
}

/** Who is typing. The line keeps its place when nobody is. */
export function TypingLine({ talk }: { talk: Talk }) {
  const t = words.value;
  const who = talk.typing.members.value;
  // A room that lists nobody tells no names either.
  const names = talk.listed.value
    ? talk.members.value.filter(({ member }) => who.includes(member)).map(({ name }) => isolated(drawn(name)))
    : who.map(() => t.somebody);
  return <p class="typing">{names.length > 0 && t.typing(names)}</p>;
}
