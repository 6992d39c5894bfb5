import { route } from "../route.ts";
import { session } from "../session.ts";
import { RoomView } from "../views/room/room-view.tsx";
import { RoomsView } from "../views/rooms/rooms-view.tsx";
import { SettingsView } from "../views/settings-view.tsx";
import { TokenMakerView } from "../views/token-maker-view.tsx";
import { WebhookView } from "../views/webhook-view.tsx";
import { Preferences } from "./preferences.tsx";
import { SignIn } from "./sign-in.tsx";
import { TopBar } from "./top-bar.tsx";

export function Admin() {
  if (session.value.status !== "in") return <SignIn />;
  return (
    <div class="admin">
      <TopBar />
      <div class="admin-body">
        <main id="content">
          <View />
        </main>
        <footer>
          <Preferences />
        </footer>
      </div>
    </div>
  );
}

/** The view of the address. Each is made anew when the address changes, and ends what it began when it goes. */
function View() {
  const to = route.value;
  switch (to.view) {
    case "room":
      return <RoomView key={to.room} room={to.room} />;
    case "settings":
      return <SettingsView />;
    case "webhook":
      return <WebhookView key={to.room} room={to.room} />;
    case "token":
      return <TokenMakerView />;
    case "rooms":
      return <RoomsView />;
  }
}
