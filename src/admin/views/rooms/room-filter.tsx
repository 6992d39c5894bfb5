import { useEffect, useRef, useState } from "preact/hooks";
import { texts } from "../../i18n/index.ts";
import { hashOf } from "../../route.ts";
import { roomsState } from "./rooms-state.ts";

/** How long after the last key the list is asked: milliseconds. */
const PAUSE_MS = 300;
const MAX_ROOM_CHARS = 128;

/** Filters the list by the beginning of the names. A room that is not in the list can be opened by its name. */
export function RoomFilter() {
  const [input, setInput] = useState(roomsState.prefix.value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const t = texts.value.rooms;
  const filter = (prefix: string) => {
    clearTimeout(timer.current);
    roomsState.filter(prefix);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const name = input.trim();
  return (
    <form
      class="room-filter"
      onSubmit={(event) => {
        event.preventDefault();
        filter(input);
      }}
    >
      <input
        type="search"
        aria-label={t.filter}
        placeholder={t.filter}
        maxLength={MAX_ROOM_CHARS}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        value={input}
        onInput={({ currentTarget: { value } }) => {
          setInput(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => filter(value), PAUSE_MS);
        }}
      />
      {name !== "" && <a href={hashOf({ view: "room", room: name.normalize("NFC") })}>{t.openRoom}</a>}
    </form>
  );
}
