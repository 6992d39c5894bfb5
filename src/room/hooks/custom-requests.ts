import { DormouseError, problemResponse } from "../../protocol/codes.ts";
import { type CustomCaller, withoutCaller } from "../../rpc/custom-request.ts";
import type { Bans } from "../limits/bans.ts";
import type { RateLimiters } from "../limits/rate-limiters.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { Author } from "./room-hooks.ts";

type Parts = { runner: HookRunner; rateLimiters: RateLimiters; bans: Bans };

/** Answers requests under `/custom/` by `onRequest`. */
export class CustomRequests {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async answer(request: Request, { member, rateKey, grant }: CustomCaller): Promise<Response> {
    const { runner, rateLimiters, bans } = this.#parts;
    const { hooks } = runner;
    if (hooks.onRequest === undefined)
      return problemResponse(new DormouseError("not_found", "This room answers no custom requests."));
    const now = Date.now();
    const refusal =
      rateLimiters.reads.take(rateKey, now) ?? bans.refusalOf(member, now) ?? runner.checkStarted();
    if (refusal !== undefined) return problemResponse(refusal);
    const author: Author = {
      member,
      name: grant.name,
      claims: grant.claims ?? {},
      can: (capability) => grant.can.some((each) => each === capability || each === "admin"),
    };
    try {
      const response = await runner.after("onRequest", async () => {
        try {
          return await hooks.onRequest?.(withoutCaller(request), author);
        } catch (error) {
          // A refusal is no failure of the hook.
          if (error instanceof DormouseError) return problemResponse(error);
          throw error;
        }
      });
      if (response instanceof Response) return response;
      runner.report(new TypeError("onRequest must return a Response."), "onRequest");
    } catch {
      // It was reported.
    }
    return problemResponse(
      new DormouseError(
        "hook_failed",
        "The server's onRequest failed. The log of the server has the reason.",
      ),
    );
  }
}
