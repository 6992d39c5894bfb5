/** The header by which the platform tells a Worker the address of its client. */
const HEADER = "cf-connecting-ip";

/**
 * The request with the address of its client. Cloudflare overwrites the header, so the service believes it. Here a client could make it
 * up to get around the rate limits of its address. So only a proxy may set it; for any other peer it is the address of the peer.
 *
 * @param peer the address and port of the connection's other end
 * @param trustsAll whether every peer is a proxy. Otherwise, one on this machine is.
 */
export function withClientAddress(request: Request, peer: string | undefined, trustsAll: boolean): Request {
  const address = peer?.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  if (trustsAll || (address !== undefined && isLoopback(address))) return request;
  const headers = new Headers(request.headers);
  if (address === undefined) headers.delete(HEADER);
  else headers.set(HEADER, address);
  return new Request(request, { headers });
}

function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./i.test(address) || address === "::1";
}
