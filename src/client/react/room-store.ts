import {
  type JoinOptions,
  joinRoom,
  type Member,
  type Room,
  type Timeline,
  type TimelineSnapshot,
} from "../index.ts";

const ACTIONS = [
  "publish",
  "edit",
  "remove",
  "append",
  "react",
  "unreact",
  "signal",
  "setState",
  "setName",
  "loadOlder",
  "loadNewer",
  "loadLatest",
  "retry",
  "discard",
  "markRead",
] as const;

type Action = (typeof ACTIONS)[number];

type Actions<Message, Signal, State> = Pick<Room<Message, Signal, State> & Timeline<Message>, Action>;

/** A room as a component sees it. The object is another one after each change; its functions stay the same. */
export type RoomView<Message = unknown, Signal = unknown, State = unknown> = TimelineSnapshot<Message> &
  Actions<Message, Signal, State> & {
    /** The members, this client among them. Empty where the room has too many to list. */
    readonly members: readonly Member<State>[];
    /** How many members the room has, listed or not. */
    readonly memberCount: number;
    /** This client, as the others see it. */
    readonly self?: Member<State> | undefined;
    readonly status: Room["state"]["status"];
    /** The state of the connection, with its own fields for each status. */
    readonly connection: Room["state"];
    /** The argument of the other hooks. It stays the same. */
    readonly room: RoomStore<Message, Signal, State>;
  };

/** A room for components. It is joined while at least one of them is mounted; before that, and on a server, it is empty. */
export class RoomStore<Message = unknown, Signal = unknown, State = unknown> {
  readonly #name: string;
  readonly #options: JoinOptions;
  readonly #listeners = new Set<() => void>();
  #room: Room<Message, Signal, State> | undefined;
  #view: RoomView<Message, Signal, State>;
  #leave: (() => void) | undefined;

  constructor(name: string, options: JoinOptions) {
    this.#name = name;
    this.#options = options;
    const actions: Record<string, unknown> = {};
    for (const name of ACTIONS) {
      actions[name] = (...args: never[]) => {
        const target = name in this.joined ? this.joined : this.joined.timeline;
        return (target as unknown as Record<Action, (...args: never[]) => unknown>)[name](...args);
      };
    }
    this.#view = {
      ...(actions as Actions<Message, Signal, State>),
      messages: [],
      hasOlder: false,
      hasNewer: false,
      isLoading: true,
      members: [],
      memberCount: 0,
      status: "connecting",
      connection: { status: "connecting", attempt: 0 },
      room: this,
    };
  }

  /** The room, once a component has mounted. */
  get joined(): Room<Message, Signal, State> {
    if (this.#room) return this.#room;
    throw new Error("The room is not joined. Call this in an effect or handler.");
  }

  /** Joins the room for the first listener, and leaves it after the last one. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#leave ??= this.#join();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#leave?.();
      this.#leave = undefined;
    };
  };

  readonly getView = (): RoomView<Message, Signal, State> => this.#view;

  /** @returns a function that leaves the room */
  #join(): () => void {
    const room = joinRoom<Message, Signal, State>(this.#name, this.#options);
    const { members, timeline } = room;
    this.#room = room;
    const { unreadFrom: _, ...before } = this.#view;
    let list: readonly Member<State>[] = [];
    const update = () => {
      const { state: connection } = room;
      this.#view = {
        ...before,
        ...timeline.getSnapshot(),
        members: list,
        memberCount: members.count,
        self: members.self,
        status: connection.status,
        connection,
      };
      for (const listener of this.#listeners) listener();
    };
    const updateMembers = () => {
      list = [...members.values()];
      update();
    };
    const stops = [
      timeline.subscribe(update),
      room.on("state", update),
      room.on("members", updateMembers),
      () => room.leave(),
    ];
    updateMembers();
    return () => {
      for (const stop of stops) stop();
    };
  }
}
