/**
 * Rooms from a backend, over HTTP. It runs in Node, Bun, Deno and Workers. docs/SERVER.md is the guide.
 * @module dormouse-rooms/backend
 */

export { createToken, type TokenClaims } from "../auth/create-token.ts";
export { DormouseError, type ErrorCode } from "../protocol/errors.ts";
export type { MessageStream } from "../protocol/message-stream.ts";
export { problemResponse } from "../protocol/problem.ts";
export type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  RoomApi,
  SignalOptions,
  StoredMessage,
  StoredOperation,
} from "../protocol/room-api.ts";
export type { ListedRoom, RoomsPage } from "../protocol/room-list.ts";
export type { ServiceSettings, SettingInForce, SettingProblem } from "../protocol/service-settings.ts";
export type { Capability, Member, RoomInfo } from "../protocol/types.ts";
export type { WebhookFailure, WebhookState, WebhookSuccess } from "../protocol/webhook-state.ts";
export { type ListRoomsOptions, listRooms } from "./list-rooms.ts";
export { type ReadSettingsOptions, readSettings } from "./read-settings.ts";
export { RemoteRoom, type RemoteRoomOptions, remoteRoom } from "./remote-room.ts";
export { answerSignIn, readSignIn, type SignIn } from "./sign-in.ts";
export {
  type DeliveredEvent,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookDelivery,
} from "./verify-webhook.ts";
