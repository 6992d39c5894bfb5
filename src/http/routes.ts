import type { Route } from "./route.ts";
import { abortFile } from "./routes/abort-file.ts";
import { appendText } from "./routes/append-text.ts";
import { beginFile } from "./routes/begin-file.ts";
import { completeFile } from "./routes/complete-file.ts";
import { deleteMessage } from "./routes/delete-message.ts";
import { describeApi } from "./routes/describe-api.ts";
import { editMessage } from "./routes/edit-message.ts";
import { eraseRoom } from "./routes/erase-room.ts";
import { exportRoom } from "./routes/export-room.ts";
import { followEvents } from "./routes/follow-events.ts";
import { getRoom } from "./routes/get-room.ts";
import { getSettings } from "./routes/get-settings.ts";
import { getSignIn } from "./routes/get-sign-in.ts";
import { getWebhook } from "./routes/get-webhook.ts";
import { healthz } from "./routes/healthz.ts";
import { importRoom } from "./routes/import-room.ts";
import { invite } from "./routes/invite.ts";
import { kickMember } from "./routes/kick-member.ts";
import { linkFile } from "./routes/link-file.ts";
import { listMembers } from "./routes/list-members.ts";
import { listRooms } from "./routes/list-rooms.ts";
import { publish } from "./routes/publish.ts";
import { publishMany } from "./routes/publish-many.ts";
import { putFilePart } from "./routes/put-file-part.ts";
import { react, unreact } from "./routes/react.ts";
import { readFile } from "./routes/read-file.ts";
import { readFileLimits } from "./routes/read-file-limits.ts";
import { readMessage } from "./routes/read-message.ts";
import { readMessages } from "./routes/read-messages.ts";
import { readUpload } from "./routes/read-upload.ts";
import { removeMember } from "./routes/remove-member.ts";
import { sendSignal } from "./routes/send-signal.ts";

/** The whole HTTP API. The router, the 405 answers and the OpenAPI description are made from this list. */
export const routes: readonly Route[] = [
  getRoom,
  eraseRoom,
  readMessages,
  publish,
  readMessage,
  editMessage,
  deleteMessage,
  appendText,
  react,
  unreact,
  readFileLimits,
  beginFile,
  putFilePart,
  readUpload,
  completeFile,
  readFile,
  abortFile,
  linkFile,
  followEvents,
  sendSignal,
  listMembers,
  kickMember,
  invite,
  publishMany,
  getSignIn,
  listRooms,
  getSettings,
  getWebhook,
  exportRoom,
  importRoom,
  removeMember,
  describeApi(() => routes),
  healthz,
];
