import type { StreamEnd } from "./operations.ts";

/** Text that waits to be sent: UTF-16 code units. More than a message can hold is refused at once. */
const MAX_CHARS = 1024 * 1024;

type Target = { seq: number; epoch?: string | undefined };
type Append = (target: Target, text: string, end?: StreamEnd) => Promise<unknown>;

/**
 * A message whose text is written in parts, such as the answer of a language model. One part is on its way at a time, and what is appended
 * meanwhile goes out together as the next one. Readers receive each part, and those who come late the text so far.
 * @example
 * const answer = room.stream({ text: "" });
 * for await (const word of model) answer.append(word);
 * await answer.end();
 */
export class MessageStream {
  /** The seq of the message, once it is stored. */
  readonly seq: Promise<number>;
  readonly #append: Append;
  readonly #target: Promise<Target>;
  #text = "";
  #end: StreamEnd | undefined;
  #running: Promise<void> | undefined;
  #error: unknown;

  /** @internal */
  constructor(published: Promise<Target>, append: Append) {
    this.#append = append;
    this.#target = published;
    this.seq = published.then(({ seq }) => seq);
    // A caller that does not await the seq receives the error from `end()`.
    this.seq.catch((error: unknown) => this.#fail(error));
  }

  /**
   * Adds text. It throws what stopped the stream, such as a refusal of the message or of a part.
   * @throws TypeError after the end; RangeError for more text than a message can hold
   */
  append(text: string): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#end !== undefined) throw new TypeError("The stream has ended.");
    if (this.#text.length + text.length > MAX_CHARS)
      throw new RangeError("The text is longer than a message can be.");
    this.#text += text;
    this.#run();
  }

  /** Ends the stream. Resolves with the seq of the message once all of its text is stored. */
  end(): Promise<number> {
    return this.#finish("complete");
  }

  /** Ends the stream early: drops the text that was not sent, and marks the message as incomplete. */
  cancel(): Promise<number> {
    this.#text = "";
    return this.#finish("incomplete");
  }

  async #finish(end: StreamEnd): Promise<number> {
    if (this.#end === undefined) {
      this.#end = end;
      this.#run();
    }
    await this.#running;
    if (this.#error !== undefined) throw this.#error;
    return await this.seq;
  }

  #run(): void {
    this.#running ??= this.#send().catch((error: unknown) => this.#fail(error));
  }

  async #send(): Promise<void> {
    const target = await this.#target;
    for (;;) {
      const [text, end] = [this.#text, this.#end];
      if (text === "" && end === undefined) break;
      this.#text = "";
      await this.#append(target, text, end);
      if (end !== undefined) return;
    }
    this.#running = undefined;
  }

  #fail(error: unknown): void {
    this.#error ??= error ?? new Error("The stream failed.");
    this.#text = "";
  }
}

type Options = { id?: string | undefined; from?: string | undefined; name?: string | undefined };

/** The calls of a room that a stream uses. */
interface StreamRoom {
  publish(data: unknown, options: Options & { stream: true }): Promise<Target>;
  append(
    seq: number,
    text: string,
    options: Omit<Options, "id"> & { epoch?: string | undefined; end?: StreamEnd | undefined },
  ): Promise<unknown>;
}

/** Publishes a message whose text follows, and returns the stream to write it. All of it has the same author. */
export function openStream(room: StreamRoom, data: unknown, options: Options): MessageStream {
  const { from, name } = options;
  const published = room.publish(data, { ...options, stream: true });
  return new MessageStream(published, ({ seq, epoch }, text, end) =>
    room.append(seq, text, { from, name, epoch, end }),
  );
}
