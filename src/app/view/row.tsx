import { hourOf, momentOf, sizeOf, timeOf } from "../format/clock.ts";
import type { Body, Message } from "../talk/message.ts";
import { bodyOfBytes } from "../talk/message.ts";
import type { Talk } from "../talk/talk.ts";
import type { Unsent } from "../talk/unsent.ts";
import { told, words } from "../text/index.ts";
import { Download, FileView } from "./file.tsx";
import { Icon } from "./icons.tsx";
import { memo } from "./memo.tsx";
import { Avatar, Name } from "./parts.tsx";
import { Text } from "./text.tsx";

/** What is smaller is gone before a bar could be read. */
const WORTH_A_BAR = 50_000;

type RowProps = { message: Message; isOwn: boolean; isFirst: boolean };

export const Row = memo(({ message, isOwn, isFirst }: RowProps) => {
  const { at, from, name, body } = message;
  return (
    <li class={`said ${isFirst ? "first" : "next"} ${isOwn ? "own" : ""}`}>
      <Head from={from} name={name} at={at} isFirst={isFirst} />
      <BodyView body={body} name={name} />
      {isOwn && (
        <span class="mark" title={words.value.isSent}>
          <Icon name="sent" />
          <span class="hidden">{words.value.isSent}</span>
        </span>
      )}
    </li>
  );
});

type HeadProps = { from: string; name: string; at: number; isFirst: boolean };

/** Above the first message of a group, who says it and when; beside the others, when. */
function Head({ from, name, at, isFirst }: HeadProps) {
  const time = (
    <time dateTime={new Date(at).toISOString()} title={momentOf(at)}>
      {isFirst ? timeOf(at) : hourOf(at)}
    </time>
  );
  if (!isFirst) return time;
  return (
    <>
      <Avatar member={from} name={name} />
      <div class="head">
        <Name of={name} />
        {time}
      </div>
    </>
  );
}

function BodyView({ body, name }: { body: Body; name: string }) {
  return (
    <div class="body">
      {body.kind === "text" && <Text text={body.text} />}
      {body.kind === "file" && <FileView file={body.file} from={name} />}
      {body.kind === "bytes" && <Download name="message.bin" bytes={body.bytes} />}
    </div>
  );
}

type UnsentProps = { unsent: Unsent; talk: Talk; name: string; isFirst: boolean };

/** One's own, before it is a message of the room. It takes the place that it will have then. */
export const UnsentRow = memo(({ unsent, talk, name, isFirst }: UnsentProps) => {
  const { said, at, why } = unsent;
  const body: Body = typeof said === "string" ? { kind: "text", text: said } : bodyOfBytes(said);
  const isUnderway = why === undefined && talk.state.value.status !== "closed";
  return (
    <li class={`said own ${isFirst ? "first" : "next"} ${isUnderway ? "pending" : "failed"}`}>
      <Head from={talk.me.value ?? ""} name={name} at={at} isFirst={isFirst} />
      <BodyView body={body} name={name} />
      {isUnderway ? <Underway unsent={unsent} talk={talk} /> : <Failed unsent={unsent} talk={talk} />}
    </li>
  );
});

function Underway({ unsent: { id, said }, talk }: { unsent: Unsent; talk: Talk }) {
  const { sending, sendingPart, waitingToSend } = words.value;
  const isLive = talk.state.value.status === "live";
  const part = talk.outgoing.progress.value.get(id);
  const hasBar = isLive && part !== undefined && said.length > WORTH_A_BAR;
  const percent = Math.round((part ?? 0) * 100);
  const label = hasBar ? sendingPart(percent) : isLive ? sending : waitingToSend;
  return (
    <span class="mark" title={label}>
      {hasBar && <progress value={percent} max={100} aria-label={label} />}
      <Icon name="waiting" />
      <span class="hidden">{label}</span>
    </span>
  );
}

/** Refused, or kept back by a room that lets nobody in. */
function Failed({ unsent: { id, said, why, code }, talk }: { unsent: Unsent; talk: Talk }) {
  const { notSent, retry, edit, discard, keptOut, tooLong } = words.value;
  const size = typeof said === "string" ? new TextEncoder().encode(said).length : said.length;
  const reason =
    code === "too_big" ? tooLong(sizeOf(size), sizeOf(talk.messageBytes.value)) : told(code, why ?? keptOut);
  // The row goes away, and its buttons with it.
  const discarded = () => {
    talk.outgoing.discard(id);
    document.getElementById("text")?.focus();
  };
  const edited = (text: string) => {
    talk.draft.putBack(text);
    discarded();
  };
  return (
    <p class="why">
      <Icon name="alert" />
      <span role={why === undefined ? undefined : "alert"}>{notSent(reason)}</span>
      {why !== undefined && (
        <button type="button" class="link" onClick={() => talk.outgoing.retry(id)}>
          {retry}
        </button>
      )}
      {typeof said === "string" && (
        <button type="button" class="link" onClick={() => edited(said)}>
          {edit}
        </button>
      )}
      <button type="button" class="link" onClick={discarded}>
        {discard}
      </button>
    </p>
  );
}
