import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { NO_LOCAL_SECRETS } from "./test/support/no-local-secrets.ts";

/** Tests that start the service, and talk to it over real ports. All others run in seconds. */
const E2E = [
  "test/{e2e,wire}/**/*.test.ts",
  "test/client/{package,room,room-presence,room-publish,connection/refusal}.test.ts",
  "test/chaos/run.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            // The service, and more Room classes for tests of the library.
            main: "./test/server/worker.ts",
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              durableObjects: {
                LISTED: { className: "ListedRoom", useSQLite: true },
                OWN: { className: "OwnRoom", useSQLite: true },
                OTHER: { className: "OtherRoom", useSQLite: true },
                HOOKED: { className: "HookedRoom", useSQLite: true },
                COMPOSED: { className: "ComposedRoom", useSQLite: true },
              },
              // A join limit that a test can reach.
              ratelimits: { FEW_JOINS: { namespace_id: "2002", simple: { limit: 3, period: 60 } } },
              bindings: {
                ...NO_LOCAL_SECRETS,
                // Tests of the publish rate set their own.
                PUBLISH_RATE: "0",
                LEAVE_GRACE_MS: "2000",
                LOG: "error",
                AUTH_SECRET: "a secret that only the tests use",
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          // Tests of large rooms move many megabytes, which takes longer on a busy machine.
          testTimeout: 20_000,
          // Each test has its own room, so files can share an isolate instead of starting one each.
          isolate: false,
          include: [
            "test/{protocol,settings,telemetry,time,auth,rpc,webhooks,server,room,http,directory}/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "node",
          include: ["test/{admin,client,app,chaos,soak,support,guide}/**/*.test.ts"],
          exclude: E2E,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: E2E,
          // One process runs many files, with one browser, and loads Wrangler once. Each file starts what it needs.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Browsers and runtimes answer late on a busy machine.
          expect: { poll: { timeout: 15_000 } },
          maxWorkers: 2,
          // These tests wait in real time, so they run after the ones that keep the CPU busy.
          sequence: { groupOrder: 1 },
          globalSetup: ["test/support/setup-e2e.ts"],
        },
      },
    ],
  },
});
