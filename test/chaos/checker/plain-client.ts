import { labelsIn } from "../message-data.ts";
import type { Data, MemberRecord, PlainRecord } from "../records.ts";
import type { LogIndex } from "./log-index.ts";
import type { Report, Violation } from "./violation.ts";

/** The kinds of frame of a plain socket: a message, or text that is appended, or something that the log does not explain. */
type Frame = { seq: number } | { appends: readonly string[] } | "unknown";

/**
 * The messages of each plain connection must be in a row in the log, without those that are deleted, and it must get each append once.
 * If it was open at the end, they must reach the log's end.
 */
export function checkPlain(
  { room, client, connections }: PlainRecord,
  log: LogIndex,
  members: readonly MemberRecord[],
): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (kind, sentence) => void violations.push({ kind, room, client, sentence });
  const labels = labelsOf(log, members);
  connections.forEach(({ data, open }, i) => {
    const connection = `connection ${i + 1} of ${client}`;
    const frames = data.map((each) => frameOf(each, log, labels));
    const unknown = frames.indexOf("unknown");
    if (unknown >= 0 && log.record.floor === 0) {
      report("not-in-log", `The log lacks frame ${unknown + 1} of ${connection}.`);
      return;
    }
    checkRepeats(frames, connection, report);
    const seqs = frames.flatMap((frame) => (typeof frame === "object" && "seq" in frame ? [frame.seq] : []));
    const wrong = seqs.findIndex((seq, n) => n > 0 && !isNext(log, seqs[n - 1] ?? 0, seq));
    if (wrong > 0) {
      const sentence = `On ${connection}, ${seqs[wrong]} follows ${seqs[wrong - 1]}.`;
      report("not-contiguous", sentence);
    } else if (open && seqs.length > 0 && !isNext(log, seqs.at(-1) ?? 0, log.last + 1)) {
      report("incomplete", `The frames of ${connection} end at ${seqs.at(-1)}, the log at ${log.last}.`);
    }
  });
  return violations;
}

/** Whether there is no message between these seqs that a plain socket must get. */
function isNext(log: LogIndex, before: number, seq: number): boolean {
  if (seq <= before) return false;
  for (let each = before + 1; each < seq; each++) {
    const message = log.at(each);
    if (message !== undefined && !message.deleted) return false;
  }
  return true;
}

function checkRepeats(frames: readonly Frame[], connection: string, report: Report): void {
  const known = new Set<string>();
  for (const frame of frames) {
    if (frame === "unknown" || !("appends" in frame)) continue;
    for (const label of frame.appends) {
      if (known.has(label)) report("append-text", `On ${connection}, the append ${label} came twice.`);
      known.add(label);
    }
  }
}

/** The message that each label of a message or an edit belongs to, and the labels of appends. */
type Labels = { seqs: ReadonlyMap<string, number>; appends: ReadonlySet<string>; sent: ReadonlySet<string> };

function labelsOf(log: LogIndex, members: readonly MemberRecord[]): Labels {
  const operations = members.flatMap((member) => member.operations);
  const labelled = (all: readonly { seq: number; data?: Data | undefined }[], most?: number) =>
    all.flatMap(({ seq, data }) =>
      labelsIn(data)
        .slice(0, most)
        .map((label) => [label, seq] as const),
    );
  const received = members.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === "message" && event.epoch === log.epoch ? [event] : [])),
  );
  const edits = operations.flatMap(({ op, target, data }) => (op === "edit" ? [{ seq: target, data }] : []));
  return {
    // The first label of a text is that of the message or of its last edit. Those of appends follow.
    seqs: new Map([...labelled(edits), ...labelled(log.record.messages), ...labelled(received, 1)]),
    appends: new Set(operations.flatMap(({ op, data }) => (op === "append" ? labelsIn(data) : []))),
    sent: new Set(members.flatMap(({ sent }) => sent.flatMap(({ data }) => labelsIn(data)))),
  };
}

function frameOf(data: Data, log: LogIndex, { seqs, appends, sent }: Labels): Frame {
  const [message] = log.byPlainData(data);
  if (message !== undefined) return { seq: message.seq };
  const labels = labelsIn(data);
  const [first = ""] = labels;
  if (labels.length > 0 && labels.every((label) => appends.has(label))) return { appends: labels };
  const seq = seqs.get(first);
  if (seq !== undefined) return { seq };
  // A message that was deleted before any client with a cursor received it.
  return sent.has(first) || /^<plain/.test(first) ? { appends: [] } : "unknown";
}
