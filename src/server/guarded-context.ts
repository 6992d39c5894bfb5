type Guards = Readonly<Record<string, string>>;

/** Members of `ctx.storage` that the room uses itself, and what to use in their place. */
const STORAGE: Guards = {
  deleteAll:
    "It would delete the room itself. Use this.erase() for the messages, and this.sql for your own tables",
  setAlarm: "The room has the only alarm of its object. Use this.schedule(when, payload)",
  deleteAlarm: "The room has the only alarm of its object. Use this.cancelSchedule(id)",
};

/** The same for `ctx`. */
const CONTEXT: Guards = {
  acceptWebSocket: "The room serves all sockets of its object. Answer other requests in onRequest",
  setWebSocketAutoResponse: "The room answers pings by it",
  setHibernatableWebSocketEventTimeout: "The room serves all sockets of its object",
};

/** `this.ctx` of a room's owner: the whole state, except for the members by which the room would break. */
export function guardedContext<Context extends DurableObjectState>(ctx: Context): Context {
  const storage = guarded(ctx.storage, "this.ctx.storage", STORAGE, {});
  return guarded(ctx, "this.ctx", CONTEXT, { storage });
}

function guarded<Target extends object>(
  target: Target,
  label: string,
  guards: Guards,
  replaced: Readonly<Record<string, unknown>>,
): Target {
  return new Proxy(target, {
    get(_, name) {
      if (typeof name === "string" && Object.hasOwn(guards, name))
        return () => {
          throw new Error(`${label}.${name} is the room's own. ${guards[name]}.`);
        };
      if (typeof name === "string" && Object.hasOwn(replaced, name)) return replaced[name];
      // The platform's objects accept no other receiver than themselves.
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (_, name, value) => Reflect.set(target, name, value, target),
  });
}
