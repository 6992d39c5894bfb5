import { createDormouse, Room } from "./server/index.ts";

export { Room };

export default createDormouse<Env>({ rooms: (env) => env.ROOMS, files: (env) => env.FILES }).app;
