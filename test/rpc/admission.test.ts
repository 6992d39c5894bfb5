import { expect, test } from "vitest";
import { type Admission, admissionOf, admissionRequest } from "../../src/rpc/admission.ts";

const admission: Admission = {
  grant: {
    member: "guest_a",
    name: '大厅 é \u{1f42d} "quoted", 100%',
    can: ["read", "publish"],
    guest: true,
  },
  room: "大厅",
  rateKey: "192.0.2.1",
  mode: "v1",
  cursor: "abc.7",
  history: 3,
};

test("an admission reaches the room as it was given, in any script", () => {
  expect(admissionOf(admissionRequest(admission))).toEqual(admission);
});

test("a request without an admission, or with another's idea of one, is none", () => {
  expect(() => admissionOf(new Request("https://room/"))).toThrow();
  const header = encodeURIComponent(JSON.stringify({ ...admission, mode: "root" }));
  expect(() =>
    admissionOf(new Request("https://room/", { headers: { "dormouse-auth-admission": header } })),
  ).toThrow();
});
