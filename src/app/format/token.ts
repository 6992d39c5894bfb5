/**
 * The token in a pasted text, without the quotes and line breaks around it; undefined if it cannot be a token. The browser sends
 * a token as part of a subprotocol name, and throws on any other character.
 */
export function parseToken(pasted: string): string | undefined {
  return /^[\w.-]+$/.exec(pasted.replace(/[\s"'`\u2018-\u201f]/g, ""))?.[0];
}

/** Whether a token is an invitation: a JWT, which has three parts, and the key of the guest. */
export function isInvitation(token: string): boolean {
  return token.split(".").length > 3;
}
