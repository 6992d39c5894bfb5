import type { Data, LogMessage, LogOperation } from "./records.ts";

/** A message or an operation, as frames and pages have it, see docs/PROTOCOL.md. */
export type WireMessage = {
  seq: number;
  at: number;
  id: string;
  from: string;
  data?: unknown;
  binary?: string | undefined;
  bytes?: Uint8Array | undefined;
  op?: LogOperation["op"] | undefined;
  target?: number | undefined;
  key?: string | undefined;
  offset?: number | undefined;
  edited?: number | undefined;
  deleted?: true | undefined;
  reactions?: Record<string, { count: number; members: string[] }> | undefined;
  version?: number | undefined;
};

export function isOperation(message: WireMessage): boolean {
  return message.op !== undefined;
}

export function messageOf(wire: WireMessage): LogMessage {
  const { seq, at, id, from, edited, deleted, version } = wire;
  const reactions = Object.entries(wire.reactions ?? {}).map(([key, { count, members }]) => [
    key,
    { count, members: [...members] },
  ]);
  return {
    seq,
    at,
    id,
    from,
    data: dataOf(wire),
    ...(edited === undefined ? {} : { edited }),
    ...(deleted === undefined ? {} : { deleted }),
    ...(reactions.length === 0 ? {} : { reactions: Object.fromEntries(reactions) }),
    ...(version === undefined ? {} : { version }),
  };
}

export function operationOf(wire: WireMessage): LogOperation {
  const { seq, at, id, from, op = "edit", target = 0, key, offset } = wire;
  return { seq, at, id, from, op, target, key, offset, data: dataOf(wire) };
}

function dataOf({ data, binary, bytes }: WireMessage): Data | undefined {
  if (binary !== undefined) return { base64: binary };
  if (bytes !== undefined) return { base64: Buffer.from(bytes).toString("base64") };
  // A frame without data is the same as one whose data is undefined.
  return data === undefined ? undefined : { json: data };
}
