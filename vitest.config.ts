import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { NO_LOCAL_SECRETS } from "./test/support/no-local-secrets.ts";

/** Two kinds of test: inside the runtime (`workerd`), and from outside, over real ports (`node`). */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            // Tests send as fast as they can; those of the limit say which one they mean.
            miniflare: {
              // A limit of joins that a test can reach; that of wrangler.toml is far.
              ratelimits: { FEW_JOINS: { namespace_id: "2002", simple: { limit: 3, period: 60 } } },
              bindings: {
                ...NO_LOCAL_SECRETS,
                PUBLISH_RATE: "0",
                LEAVE_GRACE_MS: "2000",
                AUTH_SECRET: "a secret of the tests, and of nobody else",
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          // Each test has a room of its own, so files may share an isolate, and need not wait for one each.
          isolate: false,
          include: ["test/{protocol,settings,auth,rpc,webhooks,server,room,http}/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "node",
          include: ["test/{e2e,wire,client,app,chaos,support}/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // What a browser and a runtime do in their own time, on a machine that has other work.
          expect: { poll: { timeout: 15_000 } },
          maxWorkers: 2,
          // After the others, which leave nothing of the machine to those that wait for real time.
          sequence: { groupOrder: 1 },
          globalSetup: ["test/support/setup-browser.ts"],
        },
      },
    ],
  },
});
