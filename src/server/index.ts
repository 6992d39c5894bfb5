/**
 * Rooms in your own Worker. docs/SERVER.md is the guide.
 * @module dormouse-rooms/server
 */

export {
  createToken,
  type DeliveredEvent,
  type ListRoomsOptions,
  listRooms,
  problemResponse,
  type ReadSettingsOptions,
  RemoteRoom,
  type RemoteRoomOptions,
  type RoomApi,
  readSettings,
  remoteRoom,
  type ServiceSettings,
  type SettingInForce,
  type SettingProblem,
  type TokenClaims,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookDelivery,
  type WebhookFailure,
  type WebhookState,
  type WebhookSuccess,
} from "../backend/index.ts";
export { Directory } from "../directory/directory.ts";
export { DormouseError, type ErrorCode } from "../protocol/codes.ts";
export type { MessageStream } from "../protocol/message-stream.ts";
export type { ListedRoom, RoomsPage } from "../protocol/room-list.ts";
export type { Capability, Member, RoomInfo } from "../protocol/types.ts";
export type { HookSession } from "../room/hooks/hook-session.ts";
export type {
  Author,
  CloseReason,
  Draft,
  HookName,
  RoomHooks,
  SignalDraft,
  StoredMessage,
  StoredOperation,
} from "../room/hooks/room-hooks.ts";
export type { UserSql } from "../room/hooks/user-storage.ts";
export type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  RoomOwner,
  SignalOptions,
} from "../room/room-owner.ts";
export type { SettingOverrides } from "../settings/settings.ts";
export type { FaultCode, TelemetryEvents } from "../telemetry/events.ts";
export {
  createDormouse,
  type Dormouse,
  type DormouseOptions,
} from "./create-dormouse.ts";
export { type Credential, credentialOf } from "./credential.ts";
export type { ListRoomsQuery } from "./directory.ts";
export { type DelegatedRoom, dormouseRoom } from "./dormouse-room.ts";
export { DormouseEntrypoint } from "./entrypoint.ts";
export type { Identity } from "./identity.ts";
export type { RoomNamespace } from "./registry.ts";
export { reject } from "./reject.ts";
export { type HookResult, Room } from "./room.ts";
export { RoomHandle } from "./room-handle.ts";
