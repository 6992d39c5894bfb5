import * as v from "valibot";
import type { Admission } from "../access/grant.ts";
import { modeSchema } from "../access/grant.ts";
import { type Capability, capabilitySchema } from "../protocol/down.ts";

/** What survives hibernation with a socket. `v` tells later versions which one made it. */
const attachmentSchema = v.object({
  v: v.literal(1),
  id: v.string(),
  member: v.string(),
  name: v.string(),
  mode: modeSchema,
  can: v.array(capabilitySchema),
  /** While the session is catching up: the last seq that it was sent. */
  behind: v.optional(v.number()),
});
type Attachment = v.InferOutput<typeof attachmentSchema>;

/** One open socket. */
export class Session {
  /** Frames in a row that were not JSON. */
  malformed = 0;
  readonly socket: WebSocket;
  readonly can: ReadonlySet<Capability>;
  readonly #attachment: Attachment;

  private constructor(socket: WebSocket, attachment: Attachment) {
    this.socket = socket;
    this.#attachment = attachment;
    this.can = new Set(attachment.can);
  }

  static begin(socket: WebSocket, { grant, mode }: Admission): Session {
    const id = crypto.randomUUID();
    const session = new Session(socket, { v: 1, id, mode, ...grant });
    session.#save();
    return session;
  }

  /** The session of a socket that was open before the room slept; undefined for one that this version cannot read. */
  static restore(socket: WebSocket): Session | undefined {
    const attachment = v.safeParse(attachmentSchema, socket.deserializeAttachment());
    return attachment.success ? new Session(socket, attachment.output) : undefined;
  }

  get id(): string {
    return this.#attachment.id;
  }
  get member(): string {
    return this.#attachment.member;
  }
  get name(): string {
    return this.#attachment.name;
  }
  get mode(): "v1" | "plain" {
    return this.#attachment.mode;
  }

  /** The last seq that the session was sent, while it is catching up; undefined once it is live. */
  get behind(): number | undefined {
    return this.#attachment.behind;
  }
  set behind(seq: number | undefined) {
    if (seq === this.#attachment.behind) return;
    if (seq === undefined) delete this.#attachment.behind;
    else this.#attachment.behind = seq;
    this.#save();
  }

  #save(): void {
    this.socket.serializeAttachment(this.#attachment);
  }
}
