/** The program of a tab: it joins a room over the socket that all tabs share, and keeps what it sees. */
import { type JoinOptions, joinRoom } from "../../../src/client/index.ts";

const query = new URLSearchParams(location.search);
const history = Number(query.get("history"));
const options: JoinOptions = {
  host: query.get("host") ?? "",
  name: query.get("name") ?? "Ada",
  share: true,
  ...(history > 0 && { history }),
};
const room = joinRoom<unknown>(query.get("room") ?? "", options);
const received: unknown[] = [];
const seqs: number[] = [];
const states: string[] = [];
const gaps: string[] = [];
const signals: unknown[] = [];
room.on("message", ({ data, bytes, seq }) => {
  received.push(bytes ? [...bytes] : data);
  seqs.push(seq);
});
room.on("state", ({ status }) => states.push(status));
room.on("gap", ({ reason }) => gaps.push(reason));
room.on("signal", ({ data }) => signals.push(data));
Object.assign(globalThis, { room, received, seqs, states, gaps, signals });
