import { requireCapability } from "../../auth/authenticate.ts";
import { signInvitation } from "../../auth/invitation.ts";
import { invitationBodySchema, invitationSchema } from "../../protocol/api.ts";
import { GUEST_CAPABILITIES } from "../../protocol/capabilities.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { INVITATION_SECONDS } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorizeRead } from "../authorize.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const invite: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/invitations",
  id: "invite",
  summary: "Make an invitation to a room",
  description:
    "The answer is a token that opens this room only, for anyone who has it, as a guest. It grants nothing that the caller lacks. It cannot " +
    "be withdrawn before it ends, except by changing `AUTH_SECRET`. A service without `AUTH_SECRET` answers `invitations_off`.",
  needs: "moderate",
  example: { expiresIn: 3600 },
  body: { "application/json": invitationBodySchema },
  responses: [
    { status: 201, description: "The invitation", content: { "application/json": invitationSchema } },
  ],
  problems: [
    "invitations_off",
    "bad_json",
    "invalid_event",
    "too_big",
    "unsupported_type",
    "banned",
    "rate_limited",
  ],
  async handle(call) {
    const { room, settings, client, grant, reader } = await authorizeRead(call, "moderate");
    if (call.service.authenticate !== undefined) {
      const why = "This service signs clients in by its own way, which knows no invitations.";
      throw new DormouseError("invitations_off", why);
    }
    mediaTypeOf(call.request, ["application/json"]);
    const { can: asked, expiresIn = INVITATION_SECONDS.default } = parseBody(
      invitationBodySchema,
      await readJson(call.request, 0),
    );
    for (const capability of asked ?? []) requireCapability(grant, capability);
    const can = asked ?? GUEST_CAPABILITIES.filter((each) => grant.can.includes(each));
    if (can.length === 0) requireCapability(grant, "read");
    // A banned moderator would come back by an invitation of its own.
    unwrap(await client.call("readInfo", reader));
    const invitation = await signInvitation(room, grant, can, expiresIn, settings.auth);
    return Response.json(invitation, { status: 201, headers: NO_STORE });
  },
};
