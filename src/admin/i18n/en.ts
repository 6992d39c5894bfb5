import { room } from "./en-room.ts";
import { rooms } from "./en-rooms.ts";
import { settings } from "./en-settings.ts";
import { tokenMaker } from "./en-token-maker.ts";
import { webhook } from "./en-webhook.ts";

/** The texts of the admin page in English. The compiler checks that Chinese has the same keys. */
export const en = {
  admin: "Admin",
  views: "Views",
  viewNames: { rooms: "Rooms", settings: "Settings", webhook: "Webhook", token: "Token maker" },
  skipToContent: "Skip to the content",
  language: "Language",
  theme: "Theme",
  themes: { system: "System", light: "Light", dark: "Dark" },
  signOut: "Sign out",
  retry: "Try again",
  refresh: "Refresh",
  updated: (time: string) => `Updated ${time}`,
  loading: "Loading…",
  cancel: "Cancel",
  close: "Close",
  copy: "Copy",
  copied: "Copied",

  signInTitle: "Rooms and members of this service",
  signInAbout: "For operators. You need a token with the capability admin for all rooms.",
  signIn: "Sign in",
  orToken: "Or use a token:",
  token: "Token",
  useToken: "Use this token",
  tokenKept: "The page keeps the token in this tab until you sign out or close the tab.",
  checking: "Asking the service…",
  makeToken: "Make a token",
  makeTokenOpen:
    "Guests need no token here, but operators do. Make one in the folder of the service, with its AUTH_SECRET:",
  makeTokenHint: "Make one in the folder of the service, with its AUTH_SECRET:",
  refusals: {
    malformed: "This is not a token. A token has three parts with dots between them. Copy all of it again.",
    ended: "This token has ended. Make a new one, or sign in again.",
    noAdmin: "This token lacks the capability admin. Use one whose claim can includes admin.",
    notAllRooms: "This token is for some rooms only. Use one whose claim rooms includes *.",
    refused: "The service does not accept this token. Make a new one with the AUTH_SECRET of this service.",
    forbidden:
      "This token may not operate all rooms. Use one with admin in the claim can and * in the claim rooms.",
    signInFailed: "You came back without signing in. Try again.",
    signInNotAsked:
      "A link tried to sign you in, and this page did not ask for it. If it was you, sign in here.",
    sessionEnded: "Your token has ended or is no longer accepted. Sign in again.",
  },
  errors: {
    unreachable: "The service could not be reached. Check your connection, then try again.",
    timeout: "The service did not answer in time. Try again.",
    unexpected:
      "The service gave an answer that this page does not understand. Try again, or look at its logs.",
    unavailable: "The service is busy or restarts. Try again in a moment.",
    rate_limited: "The service allows no more reads for a moment. Wait a few seconds, then try again.",
    forbidden: "Your token may not do this. Sign in with one that has the capability.",
    no_directory:
      "This service keeps no list of rooms. Add the Durable Object binding DIRECTORY, and deploy again.",
    misconfigured:
      "A setting of the service is not valid. The view Settings and the logs of the service name it.",
    epoch_changed: "The room was erased meanwhile. Load it again.",
    invalid_target: "This message is gone. It was deleted, or the room no longer keeps it.",
    invalid_token: "Your token has ended or is no longer accepted. Sign in again.",
    invalid_room: "No room can have this name. Use 1 to 128 bytes without slashes or control characters.",
    invalid_query: "The service does not take this value. Check what you entered.",
    invalid_event: "The service does not take this message. Check what you entered.",
    too_big: "The message is too large. Shorten it.",
    not_found: "The member is not in this room. Check the id, or choose a ban.",
    banned: "The member of your token is banned from this room. Use another token.",
  },

  rooms,
  room,
  settings,
  webhook,
  tokenMaker,
};
