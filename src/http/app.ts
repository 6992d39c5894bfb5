import { Hono } from "hono";
import { SettingError } from "../config.ts";
import { DormouseError, problemResponse, RETRY_LATER_MS } from "../protocol/codes.ts";
import { crossOrigin } from "./cross-origin.ts";
import { methodNotAllowed } from "./refusals.ts";
import { rooms } from "./rooms.ts";

/** Everything that is reached by HTTP. Static files of `public/` are served before it is asked. */
export const app = new Hono<{ Bindings: Env }>();

app.get("/healthz", (c) => c.json({ status: "ok" }));
app.all("/healthz", () => problemResponse(methodNotAllowed("GET"), { allow: "GET, HEAD" }));
app.use("/v1/*", crossOrigin);
app.route("/v1/rooms", rooms);

app.notFound((c) =>
  problemResponse(new DormouseError("not_found", `Nothing answers ${c.req.method} at this address.`)),
);

app.onError((error) => {
  if (error instanceof DormouseError) return problemResponse(error);
  if (error instanceof SettingError)
    return problemResponse(new DormouseError("misconfigured", error.message));
  console.error("A request failed:", error);
  if (isPassing(error)) {
    return problemResponse(
      new DormouseError("unavailable", "The room could not be reached.", RETRY_LATER_MS),
    );
  }
  return problemResponse(
    new DormouseError("internal", "The server failed; the fault is logged on its side."),
  );
});

/** Faults of the platform after which the same call may go well (Durable Objects, "Error handling"). */
function isPassing(error: object): boolean {
  return (
    ("retryable" in error && error.retryable === true) || ("overloaded" in error && error.overloaded === true)
  );
}
