import type { ChatStore } from "../../../../../src/app/chat/chat-store.ts";
import { Welcome } from "../../../../../src/app/components/dialogs/welcome.tsx";
import { Conversation } from "../../../../../src/app/components/layout/conversation.tsx";
import { moreStrings } from "../../../../../src/app/i18n/index.ts";
import { chatStore, notice, token } from "../../../../../src/app/page-state.ts";
import { signInInfo } from "../../../../../src/app/sign-in/login-page.ts";
import { from, live, MIRA, storeWith } from "../fixtures.ts";
import { element, PHONE, type Story, shown } from "../story.ts";
import { page } from "./page.tsx";

const LOGIN = new URL("https://login.example/");

function welcome(tokenRequired: boolean, refusal?: "signInNotAsked") {
  signInInfo.value = { tokenRequired, loginUrl: LOGIN };
  notice.value = refusal && (() => moreStrings.value[refusal]);
  return <Welcome />;
}

function refused(code: string, loginUrl: URL | undefined, given?: string) {
  signInInfo.value = { tokenRequired: true, loginUrl };
  token.value = given;
  const store: ChatStore = storeWith({
    messages: [from(MIRA, 1, "Morning!")],
    connection: { status: "closed", code, reason: "" },
  });
  return <Conversation store={store} isCovered={false} />;
}

function invitation() {
  const view = page({ dialog: "invite" });
  token.value = "a.b.c";
  chatStore.value = storeWith({ connection: live(["read", "publish", "moderate"]) });
  return view;
}

const inviteShown = () => shown("dialog .qr-code path[d]");

const VIEWS: readonly [name: string, height: number, view: Story["view"], act?: Story["act"]][] = [
  ["page/welcome-sign-in", 700, () => welcome(false)],
  ["page/welcome-sign-in-required", 640, () => welcome(true)],
  ["page/welcome-sign-in-failed", 720, () => welcome(true, "signInNotAsked")],
  ["conversation/join-error-sign-in", 420, () => refused("invalid_token", LOGIN)],
  ["conversation/join-error-sign-in-ended", 420, () => refused("invalid_token", LOGIN, "a.b.c")],
  ["conversation/join-error-no-access", 420, () => refused("forbidden", LOGIN, "a.b.c")],
  ["conversation/join-error-enter-token", 480, () => refused("invalid_token", undefined)],
  ["dialogs/invite-choice", 760, invitation, inviteShown],
  [
    "dialogs/invite-choice-failed",
    760,
    invitation,
    async () => {
      await inviteShown();
      element("dialog .choice:nth-of-type(2) input").click();
      await shown("dialog .invitation-choice .hint:not(:empty)");
    },
  ],
];

/** On a phone only. test/e2e/page-sign-in-layout.test.ts measures them at every width. */
export const SIGN_IN_STORIES: readonly Story[] = VIEWS.map(([name, height, view, act]) => ({
  name: `${name}-${PHONE}`,
  size: [PHONE, height],
  view,
  ...(act && { act }),
}));
