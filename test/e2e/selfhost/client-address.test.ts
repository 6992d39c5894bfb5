import { expect, test } from "vitest";
import { withClientAddress } from "../../../src/selfhost/worker/client-address.ts";

const claimed = (headers: Record<string, string> = { "cf-connecting-ip": "192.0.2.1" }) =>
  new Request("http://localhost/", { headers });
const addressOf = (request: Request) => request.headers.get("cf-connecting-ip");

test("[RUN-7] the address of a client is that of its peer, whatever the client claims", () => {
  const peers = [
    ["198.51.100.7:51234", "198.51.100.7"],
    ["[2001:db8::1]:51234", "2001:db8::1"],
    ["172.17.0.1:1", "172.17.0.1"],
    ["unix", "unix"],
  ];
  for (const [peer, address] of peers) {
    expect(addressOf(withClientAddress(claimed(), peer, false))).toBe(address);
    expect(addressOf(withClientAddress(claimed({}), peer, false))).toBe(address);
  }
  expect(addressOf(withClientAddress(claimed(), undefined, false))).toBe(null);
});

test("[RUN-7] a proxy on this machine, or a trusted one, sets the address; without it there is none", () => {
  for (const peer of ["127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "[::ffff:127.0.0.1]:1"]) {
    expect(addressOf(withClientAddress(claimed(), peer, false)), peer).toBe("192.0.2.1");
    expect(addressOf(withClientAddress(claimed({}), peer, false)), peer).toBe(null);
  }
  expect(addressOf(withClientAddress(claimed(), "198.51.100.7:1", true))).toBe("192.0.2.1");
  expect(addressOf(withClientAddress(claimed({}), "198.51.100.7:1", true))).toBe(null);
});
