import { ViewTitle } from "../../components/view-title.tsx";
import { texts } from "../../i18n/index.ts";

/** The active rooms. */
export function RoomsView() {
  return <ViewTitle title={texts.value.viewNames.rooms} />;
}
