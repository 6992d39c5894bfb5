/**
 * The folders of `src/` that each folder may import. Patterns are paths, matched with `path.matchesGlob`; the first rule whose `files` match
 * decides. A folder may always import from itself. `docs/ARCHITECTURE.md` draws the same.
 */
export const LAYERS: readonly { files: string; mayImport: readonly string[] }[] = [
  { files: "src/protocol/**", mayImport: [] },
  { files: "src/settings/**", mayImport: ["src/protocol/**"] },
  { files: "src/telemetry/**", mayImport: ["src/protocol/**", "src/settings/**"] },
  { files: "src/time/**", mayImport: [] },
  {
    files: "src/auth/**",
    mayImport: ["src/protocol/**", "src/settings/**", "src/telemetry/**", "src/time/**"],
  },
  { files: "src/rpc/**", mayImport: ["src/protocol/**", "src/time/**", "src/auth/grant.ts"] },
  {
    files: "src/http/**",
    mayImport: ["src/protocol/**", "src/settings/**", "src/telemetry/**", "src/auth/**", "src/rpc/**"],
  },
  {
    files: "src/room/log/**",
    mayImport: ["src/protocol/**", "src/settings/**"],
  },
  // The room's list of modules names the webhook module; the rest of the room does not know it.
  {
    files: "src/room/build-room.ts",
    mayImport: [
      "src/protocol/**",
      "src/settings/**",
      "src/telemetry/**",
      "src/time/**",
      "src/auth/**",
      "src/rpc/**",
      "src/room/**",
      "src/webhooks/**",
    ],
  },
  {
    files: "src/room/**",
    mayImport: [
      "src/protocol/**",
      "src/settings/**",
      "src/telemetry/**",
      "src/time/**",
      "src/auth/**",
      "src/rpc/**",
      "src/room/**",
    ],
  },
  {
    files: "src/webhooks/**",
    mayImport: ["src/protocol/**", "src/settings/**", "src/telemetry/**", "src/time/**", "src/room/**"],
  },
  {
    files: "src/directory/**",
    mayImport: [
      "src/protocol/**",
      "src/settings/**",
      "src/telemetry/**",
      "src/time/**",
      "src/rpc/**",
      "src/room/limits/read-limiter.ts",
      "src/room/log/epoch.ts",
    ],
  },
  { files: "src/client/**", mayImport: ["src/protocol/**"] },
  { files: "src/app/**", mayImport: ["src/protocol/**", "src/client/**"] },
  // The admin page takes from the chat page only what knows nothing of a chat.
  {
    files: "src/admin/**",
    mayImport: [
      "src/protocol/**",
      "src/client/**",
      "src/app/browser-storage.ts",
      "src/app/preferences.ts",
      "src/app/components/common/**",
      "src/app/format/**",
      "src/app/i18n/*.ts",
      "src/app/sign-in/*.ts",
      "src/app/styles/**",
    ],
  },
  { files: "src/docs/**", mayImport: [] },
  { files: "src/guide/**", mayImport: [] },
  {
    files: "src/tools/**",
    mayImport: ["src/protocol/**", "src/settings/**", "src/auth/create-token.ts", "src/guide/**"],
  },
  { files: "src/selfhost/**", mayImport: ["src/protocol/**", "src/settings/**"] },
  // The backend runs outside Workers, so it takes from the server only what imports nothing of the runtime.
  {
    files: "src/backend/**",
    mayImport: [
      "src/protocol/**",
      "src/auth/create-token.ts",
      "src/settings/webhook.ts",
      "src/webhooks/signature.ts",
      "src/webhooks/retry-policy.ts",
      "src/room/hooks/stored-message.ts",
    ],
  },
  {
    files: "src/server/**",
    mayImport: [
      "src/backend/index.ts",
      "src/protocol/**",
      "src/settings/**",
      "src/telemetry/**",
      "src/time/**",
      "src/auth/**",
      "src/rpc/**",
      "src/http/**",
      "src/room/**",
      "src/directory/**",
    ],
  },
  { files: "src/worker.ts", mayImport: ["src/server/index.ts"] },
];
