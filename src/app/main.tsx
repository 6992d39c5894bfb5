import { render } from "preact";
import { followAddress } from "./address.ts";
import { followToday } from "./format/clock.ts";
import { followSettings } from "./settings.ts";
import { followRoom } from "./state.ts";
import { followLanguage } from "./text/index.ts";
import { App } from "./view/app.tsx";

followSettings();
followToday();
followLanguage();
followAddress();
followRoom();

const root = document.querySelector("#app");
if (root === null) throw new Error("The page has no #app.");
root.replaceChildren();
render(<App />, root);

// It keeps the page for when there is no network. Where there is none (a page without TLS), the page works without.
void navigator.serviceWorker?.register("/sw.js").catch(() => {});
