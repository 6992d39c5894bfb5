import app, { Room as Served } from "../../src/worker.ts";

export default app;

/** The room as it is served, telling each time that it is brought to life: how else would one see that it slept? */
export class Room extends Served {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    console.log(`room constructed: ${ctx.id.name}`);
  }
}
