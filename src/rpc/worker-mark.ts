/**
 * A key of `request.cf`. The platform writes that object for every request from outside, and no client can add to it, whatever it sends. So
 * Worker code made a request that has the key.
 */
const KEY = "dormouse";

/** The request of a Worker to a room, which trusts its headers. */
export function marked(request: Request): Request {
  return new Request(request, { cf: { ...request.cf, [KEY]: true } });
}

/** Whether a Worker made the request for a room. A client's request that somebody forwards as it is does not count. */
export function isMarked(request: Request): boolean {
  return request.cf?.[KEY] === true;
}

/** The request without the mark, so that no other code takes it for one of the Worker. */
export function unmarked(request: Request): Request {
  const { [KEY]: _, ...cf } = request.cf ?? {};
  return new Request(request, { cf });
}
