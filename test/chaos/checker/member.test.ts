import { expect, test } from "vitest";
import { check } from "./check.ts";
import { validRecords } from "./valid-records.ts";

test("[DUR-11] checkMember allows a client without a message to resume in another epoch", () => {
  const { records, ann } = validRecords();
  Object.assign(ann.events[0] ?? {}, { epoch: "e0" });
  ann.events.splice(1, 0, { kind: "welcome", epoch: "e1", seq: 0, resumed: true });
  expect(check(records)).toEqual([]);
});
