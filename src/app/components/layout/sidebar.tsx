import { useId, useState } from "preact/hooks";
import { hashOfRoom } from "../../format/room-link.ts";
import { limitCombiningMarks } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { chatStore, openDialog, roomListParts } from "../../page-state.ts";
import { preferredName } from "../../preferences.ts";
import { currentRoom, openRoom, recentRooms } from "../../router.ts";
import { Avatar } from "../common/avatar.tsx";
import { Icon } from "../common/icons.tsx";
import { NameLabel } from "../common/name-label.tsx";

export function Brand() {
  return (
    <p class="brand">
      <img src="/icon.svg" alt="" width="30" height="30" />
      Dormouse
    </p>
  );
}

/** The visited rooms, the field that opens a room and completes their names, and the user. A narrow window shows it in a dialog. */
export function Sidebar({ isCovered = false }: { isCovered?: boolean }) {
  const t = strings.value;
  const parts = roomListParts.value;
  return (
    <div class="sidebar" inert={isCovered}>
      <Brand />
      <nav aria-label={t.rooms}>
        <h2>{t.rooms}</h2>
        <ul class="room-list">
          {recentRooms.value.map((room) => (
            <li key={room}>
              <a
                href={hashOfRoom(room)}
                aria-current={room === currentRoom.value ? "page" : undefined}
                onClick={() => (openDialog.value = undefined)}
              >
                <bdi>{limitCombiningMarks(room)}</bdi>
                {parts?.badge(room)}
              </a>
              {parts?.tools(room)}
            </li>
          ))}
        </ul>
        <OpenRoomForm />
        {parts?.offer()}
      </nav>
      <UserButton />
    </div>
  );
}

function OpenRoomForm() {
  const [name, setName] = useState("");
  const rooms = useId();
  const t = strings.value;
  return (
    <form
      class="open-room"
      onSubmit={(event) => {
        event.preventDefault();
        openRoom(name);
        setName("");
        openDialog.value = undefined;
      }}
    >
      <input
        aria-label={t.openRoom}
        title={t.openRoomHint}
        placeholder={t.roomName}
        autocomplete="off"
        spellcheck={false}
        list={rooms}
        required
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <datalist id={rooms}>
        {recentRooms.value.map((room) => (
          <option key={room} value={room} />
        ))}
      </datalist>
      <button type="submit" class="icon-button" aria-label={t.openRoom} title={t.openRoom}>
        <Icon name="plus" />
      </button>
    </form>
  );
}

/** Shows the user's name and opens the settings. */
function UserButton() {
  const name = chatStore.value?.selfName.value ?? preferredName.value;
  return (
    <button type="button" class="user-button" onClick={() => (openDialog.value = "settings")}>
      <Avatar memberId={chatStore.value?.selfId.value ?? ""} name={name} />
      <NameLabel name={name} />
      <Icon name="settings" />
      <span class="visually-hidden">{strings.value.settings}</span>
    </button>
  );
}
