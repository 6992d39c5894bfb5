import type { NetworkInterfaceInfo } from "node:os";

/** The networks of containers and virtual machines, which no other device reaches. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tailscale|zt)/;
/** RFC 1918. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** The IPv4 address under which other devices of the network reach this computer. */
export function lanAddress(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string | undefined {
  const addresses = Object.entries(interfaces)
    .filter(([name]) => !VIRTUAL.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(
      ({ family, internal, address }) => family === "IPv4" && !internal && !address.startsWith("169.254."),
    )
    .map(({ address }) => address);
  return addresses.find((address) => PRIVATE.test(address)) ?? addresses[0];
}
