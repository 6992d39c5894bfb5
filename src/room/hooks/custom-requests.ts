import { DormouseError, problemResponse } from "../../protocol/codes.ts";
import { type CustomCaller, withoutCaller } from "../../rpc/custom-request.ts";
import type { RateLimiters } from "../limits/rate-limiters.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { Author } from "./room-hooks.ts";

/** Answers requests under `/custom/` by `onRequest`. */
export class CustomRequests {
  readonly #runner: HookRunner;
  readonly #rateLimiters: RateLimiters;

  constructor(runner: HookRunner, rateLimiters: RateLimiters) {
    this.#runner = runner;
    this.#rateLimiters = rateLimiters;
  }

  async answer(request: Request, { member, rateKey, grant }: CustomCaller): Promise<Response> {
    const { hooks } = this.#runner;
    if (hooks.onRequest === undefined)
      return problemResponse(new DormouseError("not_found", "This room answers no custom requests."));
    const refusal = this.#rateLimiters.reads.take(rateKey, Date.now()) ?? this.#runner.checkStarted();
    if (refusal !== undefined) return problemResponse(refusal);
    const author: Author = {
      member,
      name: grant.name,
      claims: grant.claims ?? {},
      can: (capability) => grant.can.some((each) => each === capability || each === "admin"),
    };
    try {
      const response = await this.#runner.after("onRequest", () =>
        hooks.onRequest?.(withoutCaller(request), author),
      );
      if (response instanceof Response) return response;
      this.#runner.report(new TypeError("onRequest must return a Response."), "onRequest");
    } catch (error) {
      if (error instanceof DormouseError) return problemResponse(error);
    }
    return problemResponse(
      new DormouseError("hook_failed", "The server's onRequest failed. Try again later."),
    );
  }
}
