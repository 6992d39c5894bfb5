import { render } from "preact";
import { App } from "./components/layout/app.tsx";
import { watchToday } from "./format/datetime.ts";
import { loadLanguage, watchLanguage } from "./i18n/index.ts";
import { watchSignIn } from "./load-more.ts";
import { watchPageState } from "./page-state.ts";
import { watchPreferences } from "./preferences.ts";
import { watchAddress } from "./router.ts";

// The page joins its room while the texts are on their way.
const texts = loadLanguage();
watchPreferences();
watchToday();
watchLanguage();
watchAddress();
watchPageState();
watchSignIn();

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no #app element. Add one.");
await texts;
root.replaceChildren();
render(<App />, root);

// The service worker serves the page offline. Browsers allow it over TLS and on localhost only; elsewhere the page works without it.
void navigator.serviceWorker?.register("/sw.js").catch(() => {});
