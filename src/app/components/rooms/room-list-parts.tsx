import type { ComponentChild } from "preact";
import { NotificationOffer } from "./notification-offer.tsx";
import { RoomBadge } from "./room-badge.tsx";
import { RoomTools } from "./room-tools.tsx";

/** The marks and menus of the list of rooms. */
export const roomList = {
  badge: (room: string): ComponentChild => <RoomBadge room={room} />,
  tools: (room: string): ComponentChild => <RoomTools room={room} />,
  offer: (): ComponentChild => <NotificationOffer />,
};
