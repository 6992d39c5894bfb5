/** Links that other devices can open. Those of a page on `localhost` lead each device to itself. */

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;

/** Whether a host name of an address means the device itself. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** The link with another host. Its port stays, unless the host has its own. Undefined if the host is none, or is a loopback itself. */
export function withHost(link: string, host: string): string | undefined {
  // People paste whole addresses, and type IPv6 ones without brackets.
  const typed = host
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/[/?#].*$/, "");
  const name = /^[\da-f]*:[\da-f]*:[\da-f:]*$/i.test(typed) ? `[${typed}]` : typed;
  if (name === "" || /[\s@\\]/.test(name)) return undefined;
  const url = new URL(link);
  const other = URL.parse(`${url.protocol}//${name}`);
  if (other === null || isLoopback(other.hostname)) return undefined;
  url.hostname = other.hostname;
  if (other.port !== "") url.port = other.port;
  return url.href;
}
