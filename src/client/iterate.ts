/** A source of messages that comes to an end. */
type Source<M> = {
  readonly state: { status: string };
  on(type: "message", listener: (message: M) => void): () => void;
  on(type: "state", listener: (state: { status: string }) => void): () => void;
};

/** Messages from now on, until the room is left or closed. What is not taken yet is kept in memory. */
export function messagesOf<M>(room: Source<M>): AsyncIterableIterator<M> {
  const messages: M[] = [];
  let ended = room.state.status === "closed";
  let wake = () => {};
  const stopMessages = room.on("message", (message) => {
    messages.push(message);
    wake();
  });
  const stopStates = room.on("state", ({ status }) => {
    if (status === "closed") end();
  });
  const end = () => {
    ended = true;
    stopMessages();
    stopStates();
    wake();
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        const value = messages.shift();
        if (value !== undefined) return { done: false, value };
        if (ended) return { done: true, value: undefined };
        await new Promise<void>((resolve) => {
          const before = wake;
          wake = () => {
            before();
            resolve();
          };
        });
        wake = () => {};
      }
    },
    async return() {
      messages.length = 0;
      end();
      return { done: true, value: undefined };
    },
  };
}
