import { signal } from "@preact/signals";
import { load, save } from "../browser-storage.ts";
import { loadSignInInfo, type SignInInfo } from "./sign-in-info.ts";

/** How the service signs people in; undefined until the page has asked. */
export const signInInfo = signal<SignInInfo | undefined>(undefined);

/** The answer of the sign-in page must have the state that this tab sent, so that no other page can sign the person in. */
const STATE_KEY = "dormouse.sign-in";

export async function askSignIn(): Promise<SignInInfo> {
  signInInfo.value ??= await loadSignInInfo();
  return signInInfo.value;
}

/** Goes to the sign-in page. It comes back to this address, with a token. */
export function openLoginPage(loginUrl: URL): void {
  const state = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  save(STATE_KEY, state, "sessionStorage");
  const url = new URL(loginUrl);
  url.searchParams.set("return_to", location.href);
  url.searchParams.set("state", state);
  location.assign(url.href);
}

/** The state of the sign-in that this tab began, which is used up. */
export function takeState(): string | undefined {
  const state = load(STATE_KEY, "sessionStorage");
  save(STATE_KEY, "", "sessionStorage");
  return state;
}
