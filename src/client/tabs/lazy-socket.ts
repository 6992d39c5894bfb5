import { LateSocket } from "../connection/late-socket.ts";
import { type JoinOptions, runtimeSocket } from "../options.ts";
import { tabFeatures } from "../platform.ts";

type CreateSocket = NonNullable<JoinOptions["socket"]>;

/**
 * Creates sockets that the tabs of one browser share. Their code loads with the first one. Returns the function itself where a browser lacks
 * what they need: Web Locks, which need TLS, and broadcast channels.
 */
export function tabSockets(create: CreateSocket = runtimeSocket()): CreateSocket {
  const features = tabFeatures();
  if (!features) return create;
  let isMissing = false;
  return (url, protocols) => {
    if (isMissing) return create(url, protocols);
    const socket = new LateSocket();
    import("./index.ts").then(
      ({ openInTabs }) => openInTabs(socket, url, protocols, create, features),
      () => {
        isMissing = true;
        socket.end(1001, "");
      },
    );
    return socket;
  };
}
