import type { Session } from "../audience/session.ts";
import type { Settings } from "../config.ts";
import type { RoomLog } from "../log/log.ts";
import type { Welcome } from "../protocol/down.ts";
import { HISTORY_LIMIT, ID_CHARS } from "../protocol/limits.ts";
import type { Position } from "./position.ts";

/** The first frame of a new session, which begins at `position`. */
export function welcome(
  session: Session,
  { resumed, reason }: Position,
  settings: Settings,
  log: RoomLog,
  count: number,
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
    },
    members: null,
    count,
  };
}
