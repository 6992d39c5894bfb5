import { authenticateForAll, requireCapability } from "../auth/authenticate.ts";
import { credentialOf } from "../auth/credential.ts";
import type { Grant } from "../auth/grant.ts";
import { DormouseError } from "../protocol/errors.ts";
import type { RouteRequest } from "./route.ts";

/**
 * Authorizes a caller for calls about all rooms: `admin` in each of them.
 * @throws DormouseError `invalid_token`, `forbidden` @throws SettingError where the settings that verify tokens are invalid
 */
export async function authorizeOperator({ request, url, service }: RouteRequest): Promise<Grant> {
  if (service.authenticate === undefined) {
    const grant = await authenticateForAll(credentialOf(request, url), service.authSettings());
    requireCapability(grant, "admin");
    return grant;
  }
  if (service.authenticateOperator === undefined) {
    const why = "This service signs nobody in for all rooms. Pass authenticateOperator to createDormouse.";
    throw new DormouseError("forbidden", why, undefined, "admin");
  }
  const grant = await service.authenticateOperator(request);
  requireCapability(grant, "admin");
  return grant;
}
