import { render } from "preact";
import { watchPreferences } from "../app/preferences.ts";
import { Admin } from "./components/admin.tsx";
import { watchLanguage } from "./i18n/index.ts";
import { watchRoute } from "./route.ts";
import { startSession } from "./session.ts";

watchPreferences();
watchLanguage();
// The session takes a token out of the address before the router reads it.
startSession();
watchRoute();

const root = document.querySelector("#admin");
if (root === null) throw new Error("admin.html has no #admin element. Add one.");
root.replaceChildren();
render(<Admin />, root);
