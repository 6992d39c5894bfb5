import { ViewTitle } from "../components/view-title.tsx";
import { texts } from "../i18n/index.ts";

/** The settings in force, and where each comes from. */
export function SettingsView() {
  return <ViewTitle title={texts.value.settings.title} />;
}
