import { signal } from "@preact/signals";

/** A view of the page, as the fragment of its address: `#/rooms`, `#/room/lobby`, `#/webhook/lobby`. */
export type Route =
  | { view: "rooms" }
  | { view: "room"; room: string }
  | { view: "settings" }
  | { view: "webhook"; room: string | undefined }
  | { view: "token" };

export const route = signal<Route>({ view: "rooms" });

/** The route of a fragment. Any other fragment is the list of rooms. */
export function parseRoute(hash: string): Route {
  const [, view = "", encoded = ""] = /^#\/([a-z]+)(?:\/(.*))?$/.exec(hash) ?? [];
  const room = decoded(encoded);
  switch (view) {
    case "room":
      return room === "" ? { view: "rooms" } : { view, room };
    case "webhook":
      return { view, room: room === "" ? undefined : room };
    case "settings":
    case "token":
      return { view };
    default:
      return { view: "rooms" };
  }
}

/**
 * The fragment of a route.
 * @example hashOf({ view: "room", room: "team 7" }); // "#/room/team%207"
 */
export function hashOf(to: Route): string {
  const room = "room" in to ? to.room : undefined;
  return room === undefined ? `#/${to.view}` : `#/${to.view}/${encodeURIComponent(room)}`;
}

export function watchRoute(): void {
  const update = () => {
    route.value = parseRoute(location.hash);
  };
  update();
  addEventListener("hashchange", update);
}

/** The service knows room names in NFC. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part).normalize("NFC");
  } catch {
    return part;
  }
}
