/** Filled in by the build of `npm run dev:lan` (src/tools/chat-page.ts): the address of the computer in its network, else empty. */
declare const LAN_HOST: string;

export const lanHost = typeof LAN_HOST === "undefined" ? "" : LAN_HOST;
