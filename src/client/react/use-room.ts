import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { JoinOptions, RoomEvents } from "../index.ts";
import { RoomStore, type RoomView } from "./room-store.ts";

/**
 * Joins a room while the component is mounted. Components with the same name and options share one socket. A changed name, or a changed plain
 * value in the options, joins anew; functions and stores in the options are not compared.
 * @example
 * const { messages, publish } = useRoom<Chat>("lobby", { name: "Ada", history: 50 });
 */
export function useRoom<Message = unknown, Signal = unknown, State = unknown>(
  name: string,
  options?: JoinOptions,
): RoomView<Message, Signal, State>;
/**
 * Picks a part of the room's view. The component renders only when that part changes.
 * @param select picks what the component needs
 * @example const status = useRoom("lobby", options, (view) => view.status);
 */
export function useRoom<Message, Signal, State, Selected>(
  name: string,
  options: JoinOptions | undefined,
  select: (view: RoomView<Message, Signal, State>) => Selected,
): Selected;
export function useRoom(
  name: string,
  options: JoinOptions = {},
  select: (view: RoomView) => unknown = selectAll,
): unknown {
  // biome-ignore lint/correctness/useExhaustiveDependencies: an object of options is another one in each render
  const room = useMemo(() => new RoomStore(name, options), [name, JSON.stringify(options)]);
  return useRoomSelector(room, select);
}

/**
 * A part of a room's view. The component renders only when that part changes: arrays and plain objects are compared by their
 * elements.
 * @param room `useRoom(…).room`
 * @example const messages = useRoomSelector(room, (view) => view.messages);
 */
export function useRoomSelector<Message, Signal, State, Selected>(
  room: RoomStore<Message, Signal, State>,
  select: (view: RoomView<Message, Signal, State>) => Selected,
): Selected {
  const get = useMemo(() => {
    let view: RoomView<Message, Signal, State> | undefined;
    let selected: Selected;
    return () => {
      if (view === room.getView()) return selected;
      view = room.getView();
      const next = select(view);
      if (!isEqual(selected, next)) selected = next;
      return selected;
    };
  }, [room, select]);
  return useSyncExternalStore(room.subscribe, get, get);
}

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

function isEqual(one: unknown, other: unknown): boolean {
  if (!isPlain(one) || !isPlain(other)) return Object.is(one, other);
  const keys = Object.keys({ ...one, ...other });
  return keys.every((key) => Object.is(one[key], other[key]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return [Object, Array].includes((value as object | undefined)?.constructor as never);
}

function selectAll(view: RoomView): RoomView {
  return view;
}
