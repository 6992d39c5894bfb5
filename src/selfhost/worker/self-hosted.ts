import type { Site } from "../site-files.ts";
import { withClientAddress } from "./client-address.ts";
import { type Files, serveSite } from "./serve-site.ts";

/** The bindings that the host adds to those of the service. */
export type HostEnv = {
  SITE_FILES: Files;
  /** Set where every peer is a proxy. */
  TRUST_PROXY?: string;
};

type Service<Env> = {
  fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response>;
};

/** The service with its static site, which on the platform stands beside it. */
export function selfHosted<Env extends object>(service: Service<Env>, site: Site): Service<Env & HostEnv> {
  return {
    async fetch(request, env, context) {
      const answer = await serveSite(request, site, env.SITE_FILES);
      if (answer !== undefined) return answer;
      const { clientIp } = (request.cf ?? {}) as { clientIp?: string };
      return service.fetch(withClientAddress(request, clientIp, env.TRUST_PROXY !== undefined), env, context);
    },
  };
}
