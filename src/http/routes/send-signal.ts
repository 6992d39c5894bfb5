import { sentSchema, signalBodySchema } from "../../protocol/api.ts";
import { checkedJson } from "../../protocol/json.ts";
import { SIGNAL_BYTES } from "../../protocol/limits.ts";
import { unwrap } from "../../rpc/outcome.ts";
import { authorize } from "../authorize.ts";
import { limitGuestByAddress, rateKeyOf } from "../rate-limits.ts";
import { mediaTypeOf, parseBody, readJson } from "../request/body.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const sendSignal: Route = {
  method: "POST",
  path: "/v1/rooms/{room}/signals",
  id: "sendSignal",
  summary: "Send ephemeral data",
  description:
    "Sends to every connected member, or to the members in `to`. A signal is not stored: a member who connects later does not receive it. " +
    "With a `key`, a newer signal of the same member replaces an older one that was not sent yet.",
  needs: "signal",
  example: { data: { deploying: true } },
  body: { "application/json": signalBodySchema },
  responses: [{ status: 202, description: "Accepted", content: { "application/json": sentSchema } }],
  problems: ["bad_json", "invalid_event", "banned", "too_big", "unsupported_type", "rate_limited"],
  async handle(call) {
    const { request } = call;
    const { client, grant } = await authorize(call, "signal");
    mediaTypeOf(request, ["application/json"]);
    await limitGuestByAddress(call, grant, 1);
    const { data, to, key } = parseBody(signalBodySchema, await readJson(request, SIGNAL_BYTES));
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
