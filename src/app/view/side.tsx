import { useState } from "preact/hooks";
import { forget, goTo, recent, roomName } from "../address.ts";
import { addressOf } from "../format/place.ts";
import { flat, unpiled } from "../format/safe.ts";
import { myName } from "../settings.ts";
import { open, talk } from "../state.ts";
import { waiting } from "../talk/unsent.ts";
import { words } from "../text/index.ts";
import { Icon } from "./icons.tsx";
import { Avatar, IconButton, Name } from "./parts.tsx";

export function Brand() {
  return (
    <p class="brand">
      <img src="/icon.svg" alt="" width="30" height="30" />
      Dormouse
    </p>
  );
}

/** The rooms that one was in, a way into others, and oneself. */
export function Side({ isCovered = false }: { isCovered?: boolean }) {
  const t = words.value;
  return (
    <div class="side" inert={isCovered}>
      <Brand />
      <nav aria-label={t.rooms}>
        <h2>{t.rooms}</h2>
        <ul class="rooms">
          {recent.value.map((room) => (
            <li key={room}>
              <a
                href={addressOf(room)}
                aria-current={room === roomName.value ? "page" : undefined}
                onClick={() => (open.value = undefined)}
              >
                <bdi>{unpiled(room)}</bdi>
              </a>
              {room !== roomName.value && waiting.value.has(room) && (
                <span class="mark" title={t.waitingToSend}>
                  <Icon name="waiting" />
                  <span class="hidden">{t.waitingToSend}</span>
                </span>
              )}
              {room !== roomName.value && (
                <IconButton icon="close" label={t.forget(flat(room))} onClick={() => forget(room)} />
              )}
            </li>
          ))}
        </ul>
        <OpenRoom />
      </nav>
      <Myself />
    </div>
  );
}

function OpenRoom() {
  const [name, setName] = useState("");
  const t = words.value;
  return (
    <form
      class="open-room"
      onSubmit={(event) => {
        event.preventDefault();
        goTo(name);
        setName("");
        open.value = undefined;
      }}
    >
      <input
        aria-label={t.openRoom}
        title={t.openRoomHint}
        placeholder={t.roomPlaceholder}
        autocomplete="off"
        spellcheck={false}
        required
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button type="submit" class="icon-button" aria-label={t.openRoom} title={t.openRoom}>
        <Icon name="plus" />
      </button>
    </form>
  );
}

function Myself() {
  const name = talk.value?.myName.value ?? myName.value;
  return (
    <button type="button" class="myself" onClick={() => (open.value = "settings")}>
      <Avatar member={talk.value?.me.value ?? ""} name={name} />
      <Name of={name} />
      <Icon name="settings" />
      <span class="hidden">{words.value.settings}</span>
    </button>
  );
}
