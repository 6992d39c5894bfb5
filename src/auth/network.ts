/** Hextets of an IPv6 network. A subscriber controls every address of such a network (RFC 6177). */
const NETWORK_HEXTETS = 4;

const MAPPED_V4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The network that rate limits count an address by: an IPv4 address itself, or the /64 network of an IPv6 address.
 * @param address the value of `CF-Connecting-IP`
 */
export function networkOf(address: string): string {
  const [, v4] = MAPPED_V4.exec(address) ?? [];
  if (v4 !== undefined) return v4;
  if (!address.includes(":")) return address;
  const [before = "", after] = address.toLowerCase().split("::");
  const head = before.split(":").filter((hextet) => hextet !== "");
  const tail = (after ?? "").split(":").filter((hextet) => hextet !== "");
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0");
  const hextets = [...head, ...zeros, ...tail].map((hextet) => hextet.replace(/^0+(?=.)/, ""));
  return `${hextets.slice(0, NETWORK_HEXTETS).join(":")}::/64`;
}
