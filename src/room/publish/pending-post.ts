import type { Published, Receipt } from "../../protocol/api.ts";
import type { DormouseError } from "../../protocol/codes.ts";
import type { Capability } from "../../protocol/down.ts";
import { type Outcome, refused } from "../../rpc/outcome.ts";
import type { Author } from "../hooks/room-hooks.ts";
import type { Publisher } from "./publisher.ts";

/** A call over HTTP that published messages and waits until all of them are stored. */
export class PendingPost implements Publisher {
  readonly member: string;
  readonly name: string;
  readonly author: Author | undefined;
  readonly choosesIds = true;
  readonly done: Promise<Outcome<Published>>;
  /** In the order of the call. */
  readonly #ids: readonly string[];
  readonly #receipts = new Map<string, Receipt>();
  readonly #epochNow: () => string;
  readonly #onStored: ((seq: number) => void) | undefined;
  #resolve: (outcome: Outcome<Published>) => void = () => {};

  constructor(
    { member, name, author }: { member: string; name: string; author: Author | undefined },
    ids: readonly string[],
    epochNow: () => string,
    onStored?: (seq: number) => void,
  ) {
    this.member = member;
    this.name = name;
    this.author = author;
    this.#ids = ids;
    this.#epochNow = epochNow;
    this.#onStored = onStored;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  can(capability: Capability): boolean {
    return this.author === undefined || this.author.can(capability);
  }

  onStored(id: string, seq: number): void {
    this.#onStored?.(seq);
    this.#add({ id, seq, dup: false });
  }

  onRepeated(id: string, seq: number): void {
    this.#add({ id, seq, dup: true });
  }

  onRefused(_id: string, error: DormouseError): void {
    this.#resolve(refused(error));
  }

  #add(receipt: Receipt): void {
    this.#receipts.set(receipt.id, receipt);
    if (this.#receipts.size < this.#ids.length) return;
    const messages = this.#ids.flatMap((id) => this.#receipts.get(id) ?? []);
    this.#resolve({ value: { epoch: this.#epochNow(), messages } });
  }
}
