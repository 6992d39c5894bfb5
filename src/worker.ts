import { createDormouse, Directory, Room } from "./server/index.ts";

export { Directory, Room };

export default createDormouse<Env>({ rooms: (env) => env.ROOMS, files: (env) => env.FILES }).app;
