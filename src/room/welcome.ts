import type { Presence } from "../audience/presence.ts";
import type { Session } from "../audience/session.ts";
import type { Settings } from "../config.ts";
import type { RoomLog } from "../log/log.ts";
import type { Welcome } from "../protocol/down.ts";
import { FEATURES, HISTORY_LIMIT, ID_CHARS, SIGNAL_BYTES } from "../protocol/limits.ts";
import type { Position } from "./position.ts";

/** The first frame of a new session, which begins at `position`. */
export function welcome(
  session: Session,
  { resumed, reason }: Position,
  settings: Settings,
  log: RoomLog,
  presence: Presence,
): Welcome {
  return {
    type: "welcome",
    session: session.id,
    member: session.member,
    name: session.name,
    epoch: log.epoch,
    seq: log.last,
    resumed,
    ...(reason === undefined ? {} : { reason }),
    can: [...session.can],
    heartbeat: settings.heartbeatSeconds,
    limits: {
      messageBytes: settings.messageBytes,
      nameChars: settings.nameChars,
      idChars: ID_CHARS,
      historyMessages: HISTORY_LIMIT.max,
      publishRate: settings.publishRate,
      publishBurst: settings.publishBurst,
      signalRate: settings.signalRate,
      signalBurst: settings.signalBurst,
      signalBytes: SIGNAL_BYTES,
      stateBytes: settings.stateBytes,
      ackBytes: session.flow.ackBytes,
    },
    members: session.can.has("presence") ? presence.list() : null,
    count: presence.count,
    features: [...FEATURES],
  };
}
