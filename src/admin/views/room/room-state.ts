import type { Member } from "../../../client/core.ts";
import type { ListedRoom, RoomsPage } from "../../../protocol/room-list.ts";
import { Loader } from "../../http/loader.ts";
import { type ApiError, roomPath } from "../../http/request.ts";
import { call, hasCapability } from "../../session.ts";
import { Messages } from "./messages.ts";
import { Tail } from "./tail.ts";

/** The state of a room, as the room itself answers. */
type RoomInfo = { epoch: string; seq: number; floor: number; count: number };
type MemberList = { members: Member[] | null; count: number };

/** One room: what the room says now, what it reported last, its members and messages. */
export class RoomState {
  readonly name: string;
  readonly info: Loader<RoomInfo>;
  readonly members: Loader<MemberList>;
  readonly messages: Messages;
  readonly tail: Tail;
  /** The report of the room to the list; undefined in its value if the room is not listed. */
  readonly report: Loader<{ room: ListedRoom | undefined }>;

  constructor(name: string) {
    this.name = name;
    this.info = new Loader((signal) => call<RoomInfo>(roomPath(name), { signal }));
    this.members = new Loader((signal) => call<MemberList>(roomPath(name, "members"), { signal }));
    this.messages = new Messages(name, (epoch) => {
      const known = this.info.value.peek()?.epoch;
      // Somebody erased the room. Its figures are those of the old log.
      if (known !== undefined && known !== epoch) void this.info.load();
    });
    this.tail = new Tail(name, {
      arrived: (messages) => this.messages.arrived(messages),
      restart: () => void this.messages.restart(),
      // The answer tells whether only this room refuses the token, and leads to the sign-in otherwise.
      refused: () => void this.info.load(),
    });
    this.report = new Loader(async (signal) => {
      // No name that begins with this one comes before it.
      const query = { prefix: name, limit: 1 };
      const { rooms } = await call<RoomsPage>("/v1/rooms", { query, signal });
      return { room: rooms.find(({ room }) => room === name) };
    });
  }

  /** Reads everything again. Of the messages, the newest are shown then. */
  refresh(): void {
    void this.report.load();
    if (hasCapability("read")) {
      void this.info.load();
      void this.messages.newest();
    }
    if (hasCapability("presence")) void this.members.load();
  }

  /** The error of a part of the room. What the room refuses as a whole is said once, above the parts. */
  ownError(error: ApiError | undefined): ApiError | undefined {
    return error?.code === this.info.error.value?.code ? undefined : error;
  }

  stop(): void {
    this.tail.stop();
    this.messages.stop();
    for (const loader of [this.info, this.members, this.report]) loader.stop();
  }
}
