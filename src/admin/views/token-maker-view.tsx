import { ViewTitle } from "../components/view-title.tsx";
import { texts } from "../i18n/index.ts";

/** Signs tokens in the browser. */
export function TokenMakerView() {
  return <ViewTitle title={texts.value.tokenMaker.title} />;
}
