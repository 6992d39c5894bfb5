import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { lanAddress } from "../../src/tools/lan-address.ts";

const of = (address: string, family: "IPv4" | "IPv6" = "IPv4", internal = false) =>
  ({ address, family, internal }) as NetworkInterfaceInfo;

describe("lanAddress", () => {
  test.each([
    ["a private address", { eth0: [of("fe80::1", "IPv6"), of("192.168.1.20")] }, "192.168.1.20"],
    ["the only address", { eth0: [of("203.0.113.9")] }, "203.0.113.9"],
    [
      "a private address before a public one",
      { ppp0: [of("203.0.113.9")], wlan0: [of("10.0.0.7")] },
      "10.0.0.7",
    ],
    ["no address of a container", { docker0: [of("172.17.0.1")], wlan0: [of("10.0.0.7")] }, "10.0.0.7"],
    [
      "nothing without a network",
      { lo: [of("127.0.0.1", "IPv4", true)], eth0: [of("169.254.3.4")] },
      undefined,
    ],
  ])("[PAGE-42] finds %s", (_, interfaces, address) => {
    expect(lanAddress(interfaces)).toBe(address);
  });
});
