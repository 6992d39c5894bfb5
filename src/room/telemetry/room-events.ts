import type { Telemetry } from "../../telemetry/telemetry.ts";
import { CLOSE_REASONS } from "../hooks/session-hooks.ts";
import type { RoomModule } from "../modules.ts";
import type { LeaveReason } from "../sessions/close.ts";
import type { Session } from "../sessions/session.ts";

/** Reports who joins and who leaves. */
export class RoomEvents implements RoomModule {
  readonly name = "room events";
  readonly #telemetry: Telemetry;

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  onLive({ member, isGuest, mode }: Session): void {
    this.#telemetry.emit("join", { member, isGuest, isPlain: mode === "plain" });
  }

  onLeave({ member }: Session, reason: LeaveReason): void {
    this.#telemetry.emit("leave", { member, reason: CLOSE_REASONS[reason] });
  }
}
