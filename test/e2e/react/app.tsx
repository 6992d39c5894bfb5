/** The page of react.test.ts: components that count how often they render. Its query names the room and the part to show. */
import { memo, StrictMode, startTransition, useEffect, useLayoutEffect, useState } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import {
  type RoomStore,
  useConnection,
  useMembers,
  useRoom,
  useRoomSelector,
  useSignal,
  useTyping,
} from "../../../src/client/react/index.ts";

type Chat = { text: string };

declare global {
  var renders: Record<string, number>;
  var torn: number;
  var heard: unknown[];
  var tick: () => void;
  var setRoom: (name: string | undefined) => void;
  var actions: Record<string, (...args: never[]) => unknown>;
}

globalThis.renders = {};
globalThis.torn = 0;
globalThis.heard = [];

const query = new URLSearchParams(globalThis.location?.search);
const options = {
  host: query.get("host") ?? "localhost",
  name: "Ada",
  history: Number(query.get("history") ?? 50),
};

function count(component: string): void {
  globalThis.renders[component] = (globalThis.renders[component] ?? 0) + 1;
}

const Item = memo(({ id, text, status }: { id: string; text: string; status: string }) => (
  <li id={`m-${id}`} data-status={status}>
    {text}
  </li>
));

const List = memo(({ room }: { room: RoomStore<Chat> }) => {
  count("list");
  const { messages, hasOlder } = useRoomSelector(room, ({ messages, hasOlder }) => ({ messages, hasOlder }));
  return (
    <ol data-older={hasOlder}>
      {messages.map(({ key, id, data, status }) => (
        <Item key={key} id={id} text={data?.text ?? ""} status={status} />
      ))}
    </ol>
  );
});

const People = memo(({ room }: { room: RoomStore<Chat> }) => {
  count("people");
  const members = useMembers(room);
  const { status } = useConnection(room);
  const { typing, notifyTyping } = useTyping(room);
  useSignal(room, ({ data }) => globalThis.heard.push(data));
  return (
    <p>
      <b id="members">
        {members.map(({ name, state }) => `${name}${state ? JSON.stringify(state) : ""}`).join()}
      </b>
      <i id="typing">{typing.map(({ name }) => name).join()}</i>
      <u id="status">{status}</u>
      <button type="button" id="type" onClick={notifyTyping}>
        Type
      </button>
    </p>
  );
});

/** Two of them must show the same number of messages in each commit, also while React renders concurrently. */
function Count({ room, id }: { room: RoomStore<Chat>; id: string }) {
  const length = useRoomSelector(room, ({ messages }) => messages.length);
  const start = performance.now();
  while (performance.now() - start < 2);
  return <span className="count" id={id} data-length={length} />;
}

function Room({ name }: { name: string }) {
  const view = useRoom<Chat>(name, options);
  count("room");
  globalThis.actions = view as never;
  const [tick, setTick] = useState(0);
  useEffect(() => {
    globalThis.tick = () => startTransition(() => setTick((before) => before + 1));
  }, []);
  useLayoutEffect(() => {
    const counts = [...document.querySelectorAll(".count")].map((element) =>
      element.getAttribute("data-length"),
    );
    if (new Set(counts).size > 1) globalThis.torn++;
  });
  return (
    <main data-tick={tick}>
      <List room={view.room} />
      <People room={view.room} />
      {query.has("counts") &&
        ["a", "b", "c"].map((id) => <Count key={`${id}${tick}`} id={id} room={view.room} />)}
    </main>
  );
}

/** The room of the query, and another view of it. */
export function App() {
  const [name, setName] = useState<string | undefined>(query.get("room") ?? "lobby");
  useEffect(() => {
    globalThis.setRoom = setName;
  }, []);
  if (name === undefined) return <p id="none">No room</p>;
  return (
    <>
      <Room name={name} />
      {query.has("twice") && <Room name={name} />}
    </>
  );
}

const root = globalThis.document?.querySelector("#root");
const app = (
  <StrictMode>
    <App />
  </StrictMode>
);
if (root?.hasChildNodes()) hydrateRoot(root, app);
else if (root) createRoot(root).render(app);
