/** Links that other devices can open. Those of a page on `localhost` lead each device to itself. */

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;

/** Whether a host name of an address means the device itself. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Replaces the host of a link. The port stays, unless the new host names one. Returns undefined if the host is invalid or a loopback address. */
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
