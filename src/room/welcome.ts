import type { Admission } from "../access/grant.ts";
import type { Audience } from "../audience/audience.ts";
import type { Session } from "../audience/session.ts";
import type { Settings } from "../config.ts";
import type { RoomLog } from "../log/log.ts";
import type { Welcome } from "../protocol/down.ts";
import { HISTORY_LIMIT, ID_CHARS } from "../protocol/limits.ts";
import { type Position, positionOf } from "./position.ts";

/** Where a new session begins, and the frame that tells it so. */
export function welcome(
  session: Session,
  { cursor, history }: Admission,
  settings: Settings,
  audience: Audience,
  log: RoomLog,
): { position: Position; frame: Welcome } {
  const position = positionOf(log, cursor, history, settings.resumeMessages);
  const frame: Welcome = {
    type: "welcome",
    session: session.id,
    member: session.member,
    name: session.name,
    epoch: log.epoch,
    seq: log.last,
    resumed: position.resumed,
    ...(position.reason === undefined ? {} : { reason: position.reason }),
    can: [...session.can],
    heartbeat: settings.heartbeatSeconds,
    limits: {
      messageBytes: settings.messageBytes,
      nameChars: settings.nameChars,
      idChars: ID_CHARS,
      historyMessages: HISTORY_LIMIT.max,
    },
    members: null,
    count: audience.countMembers(),
  };
  return { position, frame };
}
