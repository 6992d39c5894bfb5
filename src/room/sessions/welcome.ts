import type { Welcome } from "../../protocol/down.ts";
import { FILES } from "../../protocol/file-types.ts";
import { FEATURES, HISTORY_LIMIT, ID_CHARS, SIGNAL_BYTES } from "../../protocol/limits.ts";
import type { Settings } from "../../settings/settings.ts";
import type { StartPosition } from "../delivery/start-position.ts";
import type { RoomLog } from "../log/log.ts";
import type { Presence } from "../presence/presence.ts";
import type { Session } from "./session.ts";

type Parts = { settings: Settings; log: RoomLog; presence: Presence; files: R2Bucket | undefined };

/** The first frame of a new session. */
export function welcome(
  session: Session,
  { resumed, reason }: StartPosition,
  { settings, log, presence, files }: Parts,
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
    members: session.can.has("presence") ? presence.snapshotFor() : null,
    count: presence.count,
    features: files === undefined || settings.fileBytes === 0 ? [...FEATURES] : [...FEATURES, FILES],
  };
}
