import { Backpressure } from "../../src/room/delivery/backpressure.ts";
import { Broadcaster } from "../../src/room/delivery/broadcaster.ts";
import { Sender } from "../../src/room/delivery/sender.ts";
import { Presence } from "../../src/room/presence/presence.ts";
import type { LeaveReason } from "../../src/room/sessions/close.ts";
import { ConnectionManager } from "../../src/room/sessions/connection-manager.ts";
import type { Session } from "../../src/room/sessions/session.ts";
import { Telemetry } from "../../src/telemetry/telemetry.ts";

type OnLeave = (session: Session, reason: LeaveReason) => void;

/** The parts of a room that send to its sessions, put together as `buildRoom` does. */
export function deliveryOf(state: DurableObjectState, ackBytes = 1024, onLeave: OnLeave = () => {}) {
  const connections = new ConnectionManager(state, ackBytes, onLeave);
  const telemetry = new Telemetry("error", () => "room");
  const sender = new Sender(connections, telemetry);
  const backpressure = new Backpressure({ connections, sender });
  const broadcaster = new Broadcaster({ connections, sender, backpressure, ackBytes, telemetry });
  return { connections, sender, backpressure, broadcaster, telemetry };
}

/** The presence of a room, and its connections. */
export function presenceOf(state: DurableObjectState, membersListed: number) {
  const delivery = deliveryOf(state, 1024, (session, reason) => presence.onLeave(session, reason));
  const presence: Presence = new Presence({ ...delivery, membersListed, leaveGraceMs: 0 });
  return { ...delivery, presence };
}
