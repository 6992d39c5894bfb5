import { app } from "./http/app.ts";

export { Room } from "./room/room.ts";

export default app;
