import { ViewTitle } from "../components/view-title.tsx";
import { texts } from "../i18n/index.ts";

/** @param props.room the room whose webhook is shown; undefined until the operator has named one */
export function WebhookView({ room: _ }: { room: string | undefined }) {
  return <ViewTitle title={texts.value.webhook.title} />;
}
