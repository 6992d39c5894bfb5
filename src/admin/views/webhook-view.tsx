import { useEffect, useState } from "preact/hooks";
import type { WebhookState } from "../../protocol/webhook-state.ts";
import { ErrorLine } from "../components/error-line.tsx";
import { RoomForm } from "../components/room-form.tsx";
import { ViewTitle } from "../components/view-title.tsx";
import { Loader } from "../http/loader.ts";
import { roomPath } from "../http/request.ts";
import { texts } from "../i18n/index.ts";
import { hashOf } from "../route.ts";
import { call } from "../session.ts";
import { WebhookFacts } from "./webhook/webhook-facts.tsx";

/** How the deliveries of one room to the webhook go. @param props.room undefined until the operator has named one */
export function WebhookView({ room }: { room: string | undefined }) {
  const t = texts.value.webhook;
  return (
    <>
      <ViewTitle title={t.title} />
      <p class="view-about">{t.about}</p>
      <RoomForm
        label={t.room}
        button={t.show}
        room={room ?? ""}
        onRoom={(named) => {
          location.hash = hashOf({ view: "webhook", room: named });
        }}
      />
      {room !== undefined && <RoomWebhook room={room} />}
    </>
  );
}

function RoomWebhook({ room }: { room: string }) {
  const [loader] = useState(
    () => new Loader((signal) => call<WebhookState>(roomPath(room, "webhook"), { signal })),
  );
  useEffect(() => {
    void loader.load();
    return () => loader.stop();
  }, [loader]);
  const { value: state } = loader.value;
  const error = loader.error.value;
  return (
    <section class="panel webhook" aria-busy={loader.isLoading.value}>
      <header>
        <h2 class="name" dir="auto" title={room}>
          {room}
        </h2>
        <a href={hashOf({ view: "room", room })}>{texts.value.webhook.openRoom}</a>
        <button type="button" onClick={() => void loader.load()}>
          {texts.value.refresh}
        </button>
      </header>
      {error && <ErrorLine error={error} onRetry={() => void loader.load()} />}
      {state === undefined && !error && <p class="hint">{texts.value.loading}</p>}
      {state !== undefined && <WebhookFacts state={state} at={loader.loadedAt.value} />}
    </section>
  );
}
