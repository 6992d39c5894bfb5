import type { Grant } from "../auth/grant.ts";
import type { RoomsPage } from "../protocol/room-list.ts";
import type { ServiceSettings } from "../protocol/service-settings.ts";
import type { RoomsQuery } from "../rpc/directory.ts";
import type { RoomClient } from "../rpc/room-calls.ts";
import type { AuthSettings } from "../settings/auth.ts";
import type { Settings } from "../settings/settings.ts";

/** The parts of a deployment that its routes need. */
export type Service = {
  /**
   * The settings in force: for a room, or for calls that name none.
   * @throws SettingError
   */
  settingsFor(room?: string): Settings;
  /**
   * The settings that verify the tokens of operators, also while another setting is invalid.
   * @throws SettingError
   */
  authSettings(): AuthSettings;
  /** The settings as operators may read them, invalid ones included. */
  describeSettings(room?: string): ServiceSettings;
  /** Touches nothing until it is called. */
  roomNamed(room: string): RoomClient;
  /**
   * The deployment's own sign-in, in place of tokens and guests. Absent where it has none.
   * @throws DormouseError `invalid_token` where it does not know the caller
   */
  authenticate?: ((request: Request, room: string) => Promise<Grant>) | undefined;
  /** The file store. Absent where files stay inside messages. */
  files: R2Bucket | undefined;
  /**
   * The deployment's own sign-in of operators, for calls about all rooms. Absent where it has none.
   * @throws DormouseError `invalid_token` where it does not know the caller
   */
  authenticateOperator?: ((request: Request) => Promise<Grant>) | undefined;
  /** A page of the list of rooms. Absent where the deployment has no directory. */
  listRooms?: ((query: RoomsQuery) => Promise<RoomsPage>) | undefined;
  /** Counts joins and reads by address. Without it, they are not limited by address. */
  joins: RateLimit | undefined;
};
