import { useId, useState } from "preact/hooks";
import { ROOM_BYTES } from "../../protocol/limits.ts";

type RoomFormProps = {
  label: string;
  button: string;
  hint?: string;
  room: string;
  onRoom: (room: string) => void;
  /** Whether no name is a choice, too. */
  isOptional?: boolean;
};

/** Asks for the name of a room. The service knows names in NFC. */
export function RoomForm({ label, button, hint, room, onRoom, isOptional = false }: RoomFormProps) {
  const [input, setInput] = useState(room);
  const id = useId();
  return (
    <form
      class="room-form"
      onSubmit={(event) => {
        event.preventDefault();
        onRoom(input.trim().normalize("NFC"));
      }}
    >
      <label for={id}>{label}</label>
      <input
        id={id}
        required={!isOptional}
        pattern={isOptional ? undefined : ".*\\S.*"}
        maxLength={ROOM_BYTES}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        value={input}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={({ currentTarget }) => setInput(currentTarget.value)}
      />
      <button type="submit">{button}</button>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </form>
  );
}
