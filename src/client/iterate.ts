/** A source of messages that comes to an end. */
type Source<M> = {
  readonly state: { status: string };
  on(type: "message", listener: (message: M) => void): () => void;
  on(type: "state", listener: (state: { status: string }) => void): () => void;
};

/** Messages from now on, until the room is left or closed. What is not taken yet is kept in memory. */
export function messagesOf<M>(room: Source<M>): AsyncIterableIterator<M> {
  let stops: (() => void)[] = [];
  const messages = new ReadableStream<M>({
    start(controller) {
      const end = ({ status }: Source<M>["state"]) => {
        if (status === "closed") controller.close();
      };
      stops = [room.on("message", (message) => controller.enqueue(message)), room.on("state", end)];
      end(room.state);
    },
    cancel() {
      for (const stop of stops) stop();
    },
  }).getReader();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => messages.read() as Promise<IteratorResult<M, undefined>>,
    async return() {
      await messages.cancel();
      return { done: true, value: undefined };
    },
  };
}
