import { roomsWithPending } from "../../../../../src/app/chat/pending-storage.ts";
import { SidePanel } from "../../../../../src/app/components/layout/side-panel.tsx";
import { Sidebar } from "../../../../../src/app/components/layout/sidebar.tsx";
import { chatStore } from "../../../../../src/app/page-state.ts";
import { recentRooms } from "../../../../../src/app/router.ts";
import { SilentSocket } from "../environment.ts";
import { ADA, LEILA, MIRA, ROOM, SIYUAN, storeWith } from "../fixtures.ts";
import { element, PHONE, type Story, shown } from "../story.ts";

const SIDEBAR = 256;
const PANEL = 400;

/** The frames of a short session. */
function storeWithFrames() {
  const store = storeWith();
  store.recorder.clear();
  const socket = store.recorder.openSocket("wss://example.org/v1/rooms/harbour", ["dormouse.v1"]);
  const silent = SilentSocket.last;
  if (silent === undefined) throw new Error("The recorder opened no socket.");
  const receive = (data: string | ArrayBuffer) => silent.dispatchEvent(new MessageEvent("message", { data }));
  silent.readyState = 1;
  silent.dispatchEvent(new Event("open"));
  socket.send('{"type":"publish","id":"m1","data":{"text":"hello"}}');
  receive(`{"type":"messages","first":1,"messages":[${'{"data":{"text":"hello"}},'.repeat(8)}]}`);
  receive(new ArrayBuffer(500));
  socket.send("ping");
  receive("pong");
  silent.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  return store;
}

const openFrame = async (selector: string) => {
  element(`${selector} summary`).click();
  await shown(".bits");
};

const frames = (state: string, view: Story["view"], act?: Story["act"]): Story[] =>
  [PHONE, PANEL + 100].map((width) => ({
    name: `panels/frames-${state}-${width}`,
    size: [width, 760],
    view,
    ...(act && { act }),
  }));

export const PANEL_STORIES: readonly Story[] = [
  {
    name: "sidebar/rooms",
    size: [SIDEBAR, 420],
    view: () => {
      chatStore.value = storeWith();
      recentRooms.value = [ROOM, "release-party", "a room with a name that does not fit", "早上好", "lobby"];
      roomsWithPending.value = new Set(["release-party", "a room with a name that does not fit"]);
      return <Sidebar />;
    },
  },
  {
    name: "panels/members",
    size: [PANEL, 320],
    view: () => <SidePanel panel="members" store={storeWith({ members: [MIRA, ADA, SIYUAN, LEILA] })} />,
  },
  {
    name: "panels/members-not-all",
    size: [PANEL, 320],
    view: () => {
      const store = storeWith();
      store.memberCount.value = 240;
      return <SidePanel panel="members" store={store} />;
    },
  },
  {
    name: "panels/members-hidden",
    size: [PANEL, 320],
    view: () => {
      const store = storeWith({ members: [] });
      store.memberCount.value = 5000;
      store.hasMemberList.value = false;
      return <SidePanel panel="members" store={store} />;
    },
  },
  ...frames("none", () => {
    const store = storeWith();
    store.recorder.clear();
    return <SidePanel panel="frames" store={store} />;
  }),
  ...frames("list", () => <SidePanel panel="frames" store={storeWithFrames()} />),
  ...frames(
    "open",
    () => <SidePanel panel="frames" store={storeWithFrames()} />,
    () => openFrame(".frame.sent.text"),
  ),
  ...frames(
    "help",
    () => <SidePanel panel="frames" store={storeWithFrames()} />,
    () => {
      for (const summary of document.querySelectorAll<HTMLElement>(".frames-help summary")) summary.click();
    },
  ),
];
