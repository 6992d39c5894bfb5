import type { LateSocket } from "../connection/late-socket.ts";
import type { JoinOptions } from "../options.ts";
import type { TabFeatures } from "../platform.ts";
import { identityOf } from "./identity.ts";
import { Tab } from "./tab.ts";

/** The pages of one library version share sockets: the name changes with what they say to each other. */
const VERSION = 2;

const tabs = new Map<string, Tab>();

/** Connects a socket through the tab that holds the one of all tabs of this member in this room. */
export function openInTabs(
  socket: LateSocket,
  url: string,
  protocols: string[],
  createSocket: NonNullable<JoinOptions["socket"]>,
  features: TabFeatures,
): void {
  if (socket.isClosed) return;
  const { origin, pathname } = new URL(url);
  const credential = protocols[1]?.replace("bearer.", "") ?? "";
  const key = `dormouse.tabs.${VERSION} ${origin}${pathname} ${identityOf(credential)}`;
  let tab = tabs.get(key);
  if (!tab) {
    tab = new Tab(key, createSocket, features, () => tabs.delete(key));
    tabs.set(key, tab);
  }
  tab.open(socket, url, protocols);
}
