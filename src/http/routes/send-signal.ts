import { sentSchema, signalBodySchema } from "../../protocol/api.ts";
import { checkedJson } from "../../protocol/json.ts";
import { SIGNAL_BYTES } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorize, limitGuestPosts, rateKeyOf } from "../authorize.ts";
import { fieldsOf, jsonOf, mediaTypeOf } from "../request/body.ts";
import { NO_STORE } from "../request/headers.ts";
import type { Route } from "../route.ts";

export const sendSignal: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/signals",
  id: "sendSignal",
  summary: "Send ephemeral data",
  description:
    "To all who are connected, or to the members in `to`. It is not stored, and nobody gets it later. With a `key`, a newer signal of yours takes the place of " +
    "one that was not sent yet.",
  needs: "signal",
  example: { data: { deploying: true } },
  body: { "application/json": signalBodySchema },
  answers: [{ status: 202, description: "On its way", content: { "application/json": sentSchema } }],
  problems: ["bad_json", "invalid_event", "banned", "too_big", "unsupported_type", "rate_limited"],
  async handle(call) {
    const { request, service } = call;
    const { client, grant } = await authorize(call, "signal");
    mediaTypeOf(request, ["application/json"]);
    await limitGuestPosts(request, service, grant, 1);
    const { data, to, key } = fieldsOf(signalBodySchema, await jsonOf(request, SIGNAL_BYTES));
    const json = checkedJson(data, "data of a signal", SIGNAL_BYTES);
    const { member, name, can, claims } = grant;
    unwrap(
      await client.call("signal", {
        member,
        name,
        author: { can, claims },
        json,
        ...(to === undefined ? {} : { to }),
        ...(key === undefined ? {} : { key }),
        ...(can.includes("admin") ? {} : { rateKey: rateKeyOf(grant, request) }),
      }),
    );
    return Response.json({ sent: true }, { status: 202, headers: NO_STORE });
  },
};
