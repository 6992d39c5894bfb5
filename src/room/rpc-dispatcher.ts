import { DormouseError } from "../protocol/codes.ts";
import type { DataCalls } from "../rpc/data-calls.ts";
import { outcomeOf, refused } from "../rpc/outcome.ts";
import type { FileUploads } from "./files/file-uploads.ts";
import type { OwnerCalls } from "./owner-calls.ts";
import type { RpcCalls } from "./rpc-calls.ts";

/** A call by name. */
type Calls = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Calls a room's methods by the names that the Worker sends. */
export class RpcDispatcher {
  readonly #calls: Calls;
  readonly #ownerCalls: Calls;
  readonly #owner: OwnerCalls;

  constructor(calls: RpcCalls, owner: OwnerCalls, data: DataCalls, files: FileUploads) {
    this.#owner = owner;
    this.#calls = {
      ...data,
      readInfo: calls.readInfo.bind(calls),
      messages: calls.messages.bind(calls),
      message: calls.message.bind(calls),
      publish: (post) => calls.publish(post),
      signal: calls.signal.bind(calls),
      members: calls.members.bind(calls),
      kick: calls.kick.bind(calls),
      erase: calls.erase.bind(calls),
      beginFile: files.beginFile.bind(files),
      openFile: files.openFile.bind(files),
      uploadOf: files.uploadOf.bind(files),
      notePart: files.notePart.bind(files),
      publishFile: files.publishFile.bind(files),
      abortFile: files.abortFile.bind(files),
      readFile: files.readFile.bind(files),
      linkFile: files.linkFile.bind(files),
    };
    this.#ownerCalls = {
      publish: owner.publish.bind(owner),
      publishMany: owner.publishMany.bind(owner),
      edit: owner.edit.bind(owner),
      delete: owner.delete.bind(owner),
      append: owner.append.bind(owner),
      react: owner.react.bind(owner),
      unreact: owner.unreact.bind(owner),
      signal: owner.signal.bind(owner),
      history: owner.history.bind(owner),
      message: owner.message.bind(owner),
      // RPC does not keep every key of a state, and JSON text does.
      membersText: () => JSON.stringify(owner.members()),
      info: owner.info.bind(owner),
      webhook: owner.webhook.bind(owner),
      kick: owner.kick.bind(owner),
      ban: owner.ban.bind(owner),
      erase: owner.erase.bind(owner),
      schedule: owner.schedule.bind(owner),
      cancelSchedule: owner.cancelSchedule.bind(owner),
    };
  }

  /** An owner's call returns an outcome, because an exception that crosses between objects keeps its message only. */
  async call(name: string, args: unknown[]): Promise<unknown> {
    const [prefix, ownerName = ""] = name.split(".");
    if (prefix !== "owner") return await find(this.#calls, name)(...(args as never[]));
    const call = find(this.#ownerCalls, ownerName);
    try {
      const outcome = outcomeOf(() => this.#owner.fromOutside(() => call(...(args as never[]))));
      return "value" in outcome ? { value: await outcome.value } : outcome;
    } catch (error) {
      if (error instanceof DormouseError) return refused(error);
      if (error instanceof RangeError) return refused(new DormouseError("invalid_event", error.message));
      throw error;
    }
  }
}

function find(calls: Calls, name: string): (...args: never[]) => unknown {
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (call === undefined) throw new Error(`A room has no call ${name}.`);
  return call;
}
