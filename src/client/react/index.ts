/**
 * Hooks for React.
 * @module dormouse-rooms/react
 */

import type { ConnectionState, Member, RoomSignal } from "../index.ts";
import type { RoomStore, RoomView } from "./room-store.ts";
import { useRoomEvent, useRoomSelector } from "./use-room.ts";

export { useRoom, useRoomEvent, useRoomSelector } from "./use-room.ts";
export { useTyping } from "./use-typing.ts";
export type { RoomStore, RoomView };

/** The members of a room. @example const members = useMembers(room); */
export function useMembers<Message, Signal, State>(
  room: RoomStore<Message, Signal, State>,
): readonly Member<State>[] {
  return useRoomSelector(room, selectMembers);
}

/** The state of the connection: `status`, and the fields of each status. @example const { status } = useConnection(room); */
export function useConnection<Message, Signal, State>(
  room: RoomStore<Message, Signal, State>,
): ConnectionState {
  return useRoomSelector(room, selectConnection);
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

const selectMembers = <Message, Signal, State>({ members }: RoomView<Message, Signal, State>) => members;

const selectConnection = ({ connection }: { connection: ConnectionState }) => connection;
