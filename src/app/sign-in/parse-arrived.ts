/**
 * The part of the address that a sign-in page or an invitation added.
 * @param arrived from `takeArrived`
 */
export function parseArrived(arrived: string): { given: string | null; state: string | null } {
  const params = new URLSearchParams(decoded(arrived).slice(1));
  return { given: params.get("token"), state: params.get("state") };
}

/** Some programs encode the fragment of a link once more, or twice. A token has no % of its own. */
function decoded(text: string): string {
  try {
    for (let i = 0, before = ""; i < 3 && before !== text; i++)
      [before, text] = [text, decodeURIComponent(text)];
  } catch {
    // The rest is not percent-encoded.
  }
  return text;
}
