import app, { Room as Served } from "../../src/worker.ts";

export { Directory } from "../../src/worker.ts";
export default app;

/** The service with a room that logs each construction, which shows that it hibernated before. */
export class Room extends Served {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    console.log(`room constructed: ${ctx.id.name}`);
  }
}
