import { useEffect, useRef } from "react";
import type { RoomEvents, RoomSignal } from "../index.ts";
import type { RoomStore } from "./room-store.ts";

/** Calls a function for each event of a room while the component is mounted. The function may be another one in each render. */
export function useRoomEvent<Message, Signal, State, Type extends keyof RoomEvents>(
  room: RoomStore<Message, Signal, State>,
  type: Type,
  listener: (event: RoomEvents<Message, Signal, State>[Type]) => void,
): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const leave = room.subscribe(() => {});
    const stop = room.joined.on(type, (event) => latest.current(event));
    return () => {
      stop();
      leave();
    };
  }, [room, type]);
}

/**
 * Calls a function for each signal of a member, this client's own included.
 * @example useSignal(room, ({ from, data }) => moveCursor(from, data));
 */
export function useSignal<Message, Signal, State>(
  room: RoomStore<Message, Signal, State>,
  listener: (signal: RoomSignal<Signal>) => void,
): void {
  useRoomEvent(room, "signal", listener);
}
