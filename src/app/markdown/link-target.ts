const SAFE_PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/** The dots that browsers accept in host names. */
const DOT = "[.\u3002\uff0e\uff61]";
/** A word that reads like a host name: two labels or more, of which the last has no digits. */
const HOST_LIKE = new RegExp(`(?:[\\p{L}\\p{N}_-]+${DOT})+(?:\\p{L}{2,}|xn--[\\w-]+)`, "gu");
/** Characters that draw nothing and would hide an address from the check. */
const INVISIBLE = /[\p{Cf}\p{DI}]/gu;

export type LinkTarget = { href: string; realHost?: string };

/**
 * Where a link leads; undefined if the page must not link there. A link whose text looks like the address of another host has
 * `realHost`, which the page shows beside it.
 */
export function linkTarget(href: string, text: string): LinkTarget | undefined {
  const url = URL.parse(href);
  if (url === null || !SAFE_PROTOCOLS.has(url.protocol)) return undefined;
  if (url.protocol === "mailto:")
    return { href: url.href, ...otherHost(text, url.pathname.split("@").at(-1) ?? "") };
  // A user name before the host can make a link look as if it led to another site.
  if (url.username !== "" || url.password !== "" || url.host === "") return undefined;
  return { href: url.href, ...otherHost(text, url.host) };
}

function otherHost(text: string, host: string): { realHost: string } | undefined {
  const names = text.replace(INVISIBLE, "").match(HOST_LIKE) ?? [];
  const isOther = names.some((name) => plainHost(name) !== plainHost(host));
  return isOther ? { realHost: host } : undefined;
}

/** A host name in the form that browsers look up, without port and "www". */
function plainHost(name: string): string {
  return (URL.parse(`http://${name}`)?.hostname ?? name).replace(/^www\./, "");
}
