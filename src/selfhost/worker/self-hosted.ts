import { type Site, siteBinding } from "../site-files.ts";
import { withClientAddress } from "./client-address.ts";
import { serveSite } from "./serve-site.ts";

/** The bindings that the host adds to those of the service: the files of the site, and a switch. */
export type HostEnv = {
  [file: ReturnType<typeof siteBinding>]: ArrayBuffer;
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
      const answer = serveSite(request, site, (file) => contentOf(env, file));
      if (answer !== undefined) return answer;
      const { clientIp } = (request.cf ?? {}) as { clientIp?: string };
      return service.fetch(withClientAddress(request, clientIp, env.TRUST_PROXY !== undefined), env, context);
    },
  };
}

function contentOf(env: HostEnv, file: string): ArrayBuffer {
  const content = env[siteBinding(file)];
  if (content === undefined)
    throw new Error(`The file ${file} of the site has no binding. Build the service again.`);
  return content;
}
