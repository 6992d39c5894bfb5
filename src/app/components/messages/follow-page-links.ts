import { messageFromHash } from "../../format/room-link.ts";
import { linkedMessage } from "../../router.ts";
import { ARRIVED } from "../../sign-in/arrived-token.ts";

/** Opens links to rooms and messages of this page here, where they stand in a message. Other links open a new tab. */
export function followPageLinks(): void {
  addEventListener("click", (event) => {
    const { target, button, altKey, ctrlKey, metaKey, shiftKey } = event;
    const link = target instanceof Element && target.closest<HTMLAnchorElement>(".message-text a");
    if (!link || button !== 0 || altKey || ctrlKey || metaKey || shiftKey) return;
    const { origin, pathname, search, hash } = link;
    if (origin !== location.origin || pathname !== location.pathname || search !== "" || hash === "") return;
    // An invitation that somebody else posts changes nothing for this tab.
    if (ARRIVED.test(hash)) return;
    event.preventDefault();
    // The address that is in the bar already is no event.
    if (hash === location.hash) linkedMessage.value = messageFromHash(hash);
    else location.hash = hash;
  });
}
