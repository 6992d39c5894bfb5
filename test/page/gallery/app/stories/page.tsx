import { Dialog } from "../../../../../src/app/components/common/dialog.tsx";
import { InviteContent } from "../../../../../src/app/components/dialogs/invite.tsx";
import { Welcome } from "../../../../../src/app/components/dialogs/welcome.tsx";
import { App } from "../../../../../src/app/components/layout/app.tsx";
import { moreStrings } from "../../../../../src/app/i18n/index.ts";
import {
  chatStore,
  type DialogName,
  openDialog,
  openPanel,
  type PanelName,
  token,
} from "../../../../../src/app/page-state.ts";
import { currentRoom } from "../../../../../src/app/router.ts";
import { ADA, from, MIRA, SIYUAN, storeWith } from "../fixtures.ts";
import { DESKTOP, PHONE, type Story, shown, TABLET } from "../story.ts";

export function page({ dialog, panel }: { dialog?: DialogName; panel?: PanelName } = {}) {
  token.value = undefined;
  chatStore.value = storeWith({
    messages: [
      from(MIRA, 1, "Morning! The relay slept through the night."),
      from(SIYUAN, 2, "早上好！昨晚的日志我看过了，没有缺口。"),
      from(ADA, 3, "See you all at 15:00!"),
    ],
  });
  openDialog.value = dialog;
  openPanel.value = panel;
  return <App />;
}

const dialogShown = () => shown("dialog[open]");
const inviteShown = () => shown("dialog .qr-code path[d]");

/** The invitation on a host that only this computer reaches. */
function localInvite(host: string) {
  localStorage.setItem("dormouse.host", host);
  return (
    <main class="conversation">
      <Dialog title={moreStrings.value.inviteTitle} onClose={() => {}}>
        <InviteContent hostname="localhost" />
      </Dialog>
    </main>
  );
}

export const PAGE_STORIES: readonly Story[] = [
  ...[PHONE, TABLET].flatMap((width): Story[] => [
    { name: `page/welcome-${width}`, size: [width, 640], view: () => <Welcome /> },
    {
      name: `page/welcome-long-room-${width}`,
      size: [width, 640],
      view: () => {
        currentRoom.value = "a-room-with-a-name-that-does-not-fit-on-one-line";
        return <Welcome />;
      },
    },
  ]),
  { name: `page/room-${PHONE}`, size: [PHONE, 640], view: () => page() },
  { name: `page/room-${DESKTOP}`, size: [DESKTOP, 640], view: () => page() },
  { name: `page/members-${DESKTOP}`, size: [DESKTOP, 640], view: () => page({ panel: "members" }) },
  { name: `page/members-${TABLET}`, size: [TABLET, 640], view: () => page({ panel: "members" }) },
  {
    name: `page/drawer-${PHONE}`,
    size: [PHONE, 640],
    view: () => page({ dialog: "rooms" }),
    act: dialogShown,
  },
  ...[PHONE, TABLET].flatMap((width): Story[] => [
    {
      name: `dialogs/settings-${width}`,
      size: [width, 640],
      view: () => page({ dialog: "settings" }),
      act: dialogShown,
    },
    {
      name: `dialogs/settings-with-token-${width}`,
      size: [width, 640],
      view: () => {
        const view = page({ dialog: "settings" });
        token.value = "a.b.c";
        return view;
      },
      act: dialogShown,
    },
    {
      name: `dialogs/invite-${width}`,
      size: [width, 640],
      view: () => page({ dialog: "invite" }),
      act: inviteShown,
    },
    {
      name: `dialogs/invite-local-${width}`,
      size: [width, 640],
      view: () => localInvite(""),
    },
    {
      name: `dialogs/invite-local-wrong-${width}`,
      size: [width, 640],
      view: () => localInvite("not an address"),
    },
    {
      name: `dialogs/invite-local-reachable-${width}`,
      size: [width, 760],
      view: () => localInvite("192.168.1.20"),
      act: inviteShown,
    },
  ]),
];
