/** The part after the room in a fragment that brings a token, also if a program has encoded the fragment once more. */
export const ARRIVED = /(?:^#|&|%(?:25)*26)(?:token|error)(?:=|%(?:25)*3d).*/is;

/**
 * Takes what a sign-in page or an invitation added out of the address bar. The router does this before it reads the address, so no
 * title, history entry or storage gets the token.
 */
export function takeArrived(): string | undefined {
  const found = ARRIVED.exec(location.hash);
  if (found) history.replaceState(null, "", location.hash.slice(0, found.index) || "#");
  return found?.[0];
}
