import { expect, test } from "vitest";
import { soak } from "../../soak/soak.ts";

const TIMEOUT_MS = 240_000;

test("[OPER-9] a short soak in a clean folder loses no message, and closes what its clients closed", {
  timeout: TIMEOUT_MS,
}, async () => {
  const scale = { rooms: 10, sockets: 5, rate: 50, rejoins: 5, bytes: 64, minutes: 0.25, everyMs: 1000 };
  const { samples, joins, published, deliveries } = await soak(scale);
  expect(samples).toHaveLength(15);
  expect(joins).toBeGreaterThan(80);
  expect(deliveries).toBe(published * scale.sockets);
  const files = samples.map(({ files }) => files);
  // A socket that stays open after its client left would show after 75 rejoins.
  expect(Math.max(...files) - Math.min(...files)).toBeLessThan(40);
});
