import type { ComponentChildren } from "preact";
import { formatBytes } from "../../../app/format/bytes.ts";
import type { WebhookFailure, WebhookState } from "../../../protocol/webhook-state.ts";
import { formatDistance, formatMoment } from "../../format/moment.ts";
import { formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { statusHint } from "./status-hint.ts";

/** @param props.at when the state was read: milliseconds */
export function WebhookFacts({ state, at }: { state: WebhookState; at: number }) {
  const t = texts.value.webhook;
  const hint = t.stateHints[state.state];
  return (
    <>
      <p class="webhook-state" role="status" data-state={state.state}>
        {t.states[state.state]}
      </p>
      <p class="hint">
        {hint} {t.asOf(formatMoment(at))}
      </p>
      {state.set && state.state !== "unreadable" && <Facts state={state} at={at} />}
    </>
  );
}

function Facts({ state, at }: { state: WebhookState; at: number }) {
  const t = texts.value.webhook;
  const { lastSuccess, lastFailure, failures, dropped } = state;
  return (
    <dl class="webhook-facts">
      <Fact name={t.lastSuccess}>
        {lastSuccess === null ? (
          <Never />
        ) : (
          <Attempt at={lastSuccess.at} now={at} outcome={t.status(lastSuccess.status)} />
        )}
      </Fact>
      <Fact name={t.lastFailure}>
        {lastFailure === null ? (
          <Never />
        ) : (
          <Attempt at={lastFailure.at} now={at} outcome={outcomeOf(lastFailure)} hint={hintOf(lastFailure)} />
        )}
      </Fact>
      <Fact name={t.failures}>{formatNumber(failures)}</Fact>
      <Fact name={t.waiting}>
        <Backlog state={state} />
      </Fact>
      <Fact name={t.next}>
        <NextAttempt state={state} now={at} />
      </Fact>
      {dropped > 0 && (
        <Fact name={t.dropped}>
          {formatNumber(dropped)} <span class="hint">{t.droppedHint}</span>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Never() {
  const t = texts.value.webhook;
  return (
    <span class="absent" title={t.neverHint}>
      {t.never}
    </span>
  );
}

type AttemptProps = { at: number; now: number; outcome: string; hint?: string | undefined };

function Attempt({ at, now, outcome, hint }: AttemptProps) {
  return (
    <>
      <time dateTime={new Date(at).toISOString()}>{formatDistance(at, now)}</time>
      {" · "}
      {outcome}
      <span class="hint">
        {formatMoment(at)}
        {hint !== undefined && ` · ${hint}`}
      </span>
    </>
  );
}

function Backlog({ state: { backlog } }: { state: WebhookState }) {
  const t = texts.value.webhook;
  const { messages, membershipEvents, bytes } = backlog;
  if (messages === 0 && membershipEvents === 0) return <span class="absent">{t.nothing}</span>;
  const parts = [
    ...(messages > 0 ? [t.messages(messages, formatNumber(messages))] : []),
    ...(membershipEvents > 0 ? [t.membershipEvents(membershipEvents, formatNumber(membershipEvents))] : []),
    formatBytes(bytes),
  ];
  return <>{parts.join(" · ")}</>;
}

function NextAttempt({ state: { nextAttemptAt }, now }: { state: WebhookState; now: number }) {
  const t = texts.value.webhook;
  if (nextAttemptAt === null) return <span class="absent">{t.nextNone}</span>;
  if (nextAttemptAt - now < 1000) return <>{t.nextNow}</>;
  return (
    <>
      <time dateTime={new Date(nextAttemptAt).toISOString()}>{formatDistance(nextAttemptAt, now)}</time>
      <span class="hint">{formatMoment(nextAttemptAt)}</span>
    </>
  );
}

function outcomeOf({ status, code }: WebhookFailure): string {
  const t = texts.value.webhook;
  return status === undefined ? t.codes[code ?? "internal"] : t.status(status);
}

function hintOf({ status }: WebhookFailure): string | undefined {
  const hint = status === undefined ? undefined : statusHint(status);
  return hint && texts.value.webhook.statusHints[hint];
}
