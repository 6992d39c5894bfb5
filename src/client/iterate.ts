/** A source of messages that comes to an end. */
type Source<M> = {
  on(type: "message", listener: (message: M) => void): () => void;
  on(type: "state", listener: (state: { status: string }) => void): () => void;
};

/** Messages from now on, until the room is left or closed. What is not taken yet is kept in memory. */
export async function* messagesOf<M>(room: Source<M>): AsyncGenerator<M> {
  const waiting: M[] = [];
  let ended = false;
  let wake = () => {};
  const stopMessages = room.on("message", (message) => {
    waiting.push(message);
    wake();
  });
  const stopStates = room.on("state", ({ status }) => {
    ended = status === "closed";
    wake();
  });
  try {
    for (;;) {
      const message = waiting.shift();
      if (message !== undefined) yield message;
      else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stopMessages();
    stopStates();
  }
}
