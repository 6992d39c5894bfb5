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

test("admissionOf returns what admissionRequest was given, in any script", () => {
  expect(admissionOf(admissionRequest(admission))).toEqual(admission);
});

test("admissionOf throws on a request without a valid admission", () => {
  expect(() => admissionOf(new Request("https://room/"))).toThrow();
  const header = encodeURIComponent(JSON.stringify({ ...admission, mode: "root" }));
  expect(() =>
    admissionOf(new Request("https://room/", { headers: { "dormouse-auth-admission": header } })),
  ).toThrow();
});
