import { useCallback, useRef, useState } from "react";
import type { Member } from "../index.ts";
import type { RoomStore } from "./room-store.ts";
import { useRoomEvent, useRoomSelector } from "./use-room.ts";

/** How long a member counts as typing after its last signal: milliseconds. */
const TYPING_MS = 3000;

/**
 * The other members that are typing, and a function to call on each input of this one. It uses signals with the key `typing` and the data
 * `{ typing: true }`. A member stops with its next message, or three seconds after its last input.
 * @example const { typing, notifyTyping } = useTyping(room);
 */
export function useTyping<Message, Signal, State>(
  room: RoomStore<Message, Signal, State>,
): { typing: readonly Member<State>[]; notifyTyping: () => void } {
  const [ids, setIds] = useState<readonly string[]>([]);
  const latest = useRef(new Map<string, object>());
  const notifiedAt = useRef(0);
  const set = (id: string, isTyping: boolean) => {
    const change = {};
    latest.current.set(id, change);
    if (isTyping)
      setTimeout(() => {
        if (latest.current.get(id) === change) set(id, false);
      }, TYPING_MS);
    setIds((before) => {
      if (before.includes(id) === isTyping) return before;
      return isTyping ? [...before, id] : before.filter((other) => other !== id);
    });
  };
  useRoomEvent(room, "signal", ({ from, data }) => {
    const typing = (data as { typing?: unknown } | undefined)?.typing;
    if (typing !== undefined && from !== room.getView().self?.member) set(from, !!typing);
  });
  useRoomEvent(room, "message", ({ from }) => set(from, false));
  const notifyTyping = useCallback(() => {
    if (Date.now() - notifiedAt.current < TYPING_MS / 2) return;
    notifiedAt.current = Date.now();
    room.joined.signal({ typing: true } as Signal, { key: "typing" });
  }, [room]);
  const typing = useRoomSelector(room, ({ members }) => members.filter(({ member }) => ids.includes(member)));
  return { typing, notifyTyping };
}
