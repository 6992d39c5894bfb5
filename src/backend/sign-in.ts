import { DormouseError } from "../protocol/errors.ts";
import { problemResponse } from "../protocol/problem.ts";

const MAX_ADDRESS_CHARS = 2048;

/**
 * The request of the chat page to a sign-in page. It is JSON, so it can wait in a cookie while an identity provider asks who the person is.
 *
 * - `isRenewal`: the page wants a fresh token for a person who is signed in. It cannot show anything.
 * - `returnTo`, `state`: where the person goes back to, and what proves to the page that it asked for this sign-in.
 */
export type SignIn = { isRenewal: true } | { isRenewal: false; returnTo: string; state: string };

/**
 * Reads what the chat page asks of a sign-in page (`AUTH_LOGIN_URL`): `?return_to=…&state=…` of a person, or a renewal, which accepts
 * `application/json`.
 * @param pages the origins of your chat pages, such as `https://rooms.example.com`. Nobody else gets a token
 * @throws DormouseError `invalid_query` where the person would go back to another place, or the state is missing
 * @example
 * const signIn = readSignIn(request, ["https://rooms.example.com"]);
 * const user = await userOf(request);
 * return answerSignIn(signIn, user && (await createToken({ member: user.id, rooms: ["*"], can: ["read"] }, secret)));
 */
export function readSignIn(request: Pick<Request, "url" | "headers">, pages: readonly string[]): SignIn {
  if (request.headers.get("accept")?.includes("application/json")) return { isRenewal: true };
  const { searchParams } = new URL(request.url);
  const returnTo = URL.parse(searchParams.get("return_to") ?? "");
  const state = searchParams.get("state") ?? "";
  const isOwn =
    returnTo !== null &&
    returnTo.href.length <= MAX_ADDRESS_CHARS &&
    `${returnTo.username}${returnTo.password}` === "" &&
    pages.some((page) => URL.parse(page)?.origin === returnTo.origin && returnTo.origin !== "null");
  if (!isOwn) {
    const why =
      "return_to is not a page that may sign people in here. Open this address by the button of the chat page.";
    throw new DormouseError("invalid_query", why);
  }
  if (!/^[\w-]{1,128}$/.test(state)) {
    const why = "The state is missing or invalid. Open this address by the button of the chat page.";
    throw new DormouseError("invalid_query", why);
  }
  return { isRenewal: false, returnTo: returnTo.href, state };
}

/**
 * Answers the chat page: with the token, in a redirect or as JSON, or that the person is not signed in.
 * @param token of `createToken`; nothing if the person is not signed in
 */
export function answerSignIn(signIn: SignIn, token: string | null | undefined): Response {
  if (signIn.isRenewal) {
    if (token) return Response.json({ token }, { headers: { "cache-control": "no-store" } });
    return problemResponse(new DormouseError("invalid_token", "You are not signed in. Sign in again."));
  }
  const { returnTo, state } = signIn;
  const result = token ? `token=${token}` : "error=access_denied";
  // Beside the room in the fragment, which browsers send to no server.
  const location = `${returnTo}${returnTo.includes("#") ? "&" : "#"}${result}&state=${state}`;
  const headers = { location, "cache-control": "no-store", "referrer-policy": "no-referrer" };
  return new Response(null, { status: 303, headers });
}
