import { useEffect, useState } from "preact/hooks";
import { toIsolatedLine } from "../../app/format/untrusted-text.ts";
import type { ServiceSettings } from "../../protocol/service-settings.ts";
import { ErrorLine } from "../components/error-line.tsx";
import { RoomForm } from "../components/room-form.tsx";
import { ViewTitle } from "../components/view-title.tsx";
import { Loader } from "../http/loader.ts";
import { texts } from "../i18n/index.ts";
import { call } from "../session.ts";
import { ServiceFacts } from "./settings/service-facts.tsx";
import { SettingTables } from "./settings/setting-tables.tsx";

/** The settings in force, and where each comes from. */
export function SettingsView() {
  const [room, setRoom] = useState("");
  return <SettingsOf key={room} room={room} onRoom={setRoom} />;
}

/** @param props.room the room whose settings are shown; empty for those of the service */
function SettingsOf({ room, onRoom }: { room: string; onRoom: (room: string) => void }) {
  const [loader] = useState(
    () => new Loader((signal) => call<ServiceSettings>("/v1/settings", { query: { room }, signal })),
  );
  useEffect(() => {
    void loader.load();
    return () => loader.stop();
  }, [loader]);
  const t = texts.value.settings;
  const { value: settings } = loader.value;
  const error = loader.error.value;
  const asksForRoom = room !== "" || settings?.codeSettings === true;
  return (
    <>
      <ViewTitle title={t.title}>
        <button type="button" onClick={() => void loader.load()}>
          {texts.value.refresh}
        </button>
      </ViewTitle>
      <p class="view-about">{t.about}</p>
      {error && <ErrorLine error={error} onRetry={() => void loader.load()} />}
      {settings === undefined && !error && <p class="hint">{texts.value.loading}</p>}
      {settings !== undefined && <Problems settings={settings} />}
      {settings !== undefined && <ServiceFacts settings={settings} />}
      {asksForRoom && (
        <RoomForm
          label={t.ofRoom}
          button={t.show}
          hint={t.ofRoomHint}
          room={room}
          onRoom={onRoom}
          isOptional
        />
      )}
      {settings !== undefined && <Settings settings={settings} />}
    </>
  );
}

function Settings({ settings: { room, settings } }: { settings: ServiceSettings }) {
  const [isOnlyChanged, setOnlyChanged] = useState(false);
  const t = texts.value.settings;
  return (
    <>
      {room !== null && <p class="hint">{t.ofRoomShown(toIsolatedLine(room))}</p>}
      <label class="choice only-changed">
        <input
          type="checkbox"
          checked={isOnlyChanged}
          onChange={({ currentTarget }) => setOnlyChanged(currentTarget.checked)}
        />
        {t.onlyChanged}
      </label>
      <SettingTables settings={settings} isOnlyChanged={isOnlyChanged} />
      <p class="hint">{t.sourceHint}</p>
    </>
  );
}

/** Lists the faults of the settings. The service writes the sentences, in English only. */
function Problems({ settings: { problems } }: { settings: ServiceSettings }) {
  if (problems.length === 0) return null;
  return (
    <div class="error-line problems" role="alert">
      <p>{texts.value.settings.problems}</p>
      <ul lang="en">
        {problems.map(({ detail }) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </div>
  );
}
