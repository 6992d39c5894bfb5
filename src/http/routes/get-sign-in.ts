import type * as v from "valibot";
import { signInSchema } from "../../protocol/api.ts";
import { NO_STORE } from "../response-headers.ts";
import type { Route } from "../route.ts";

export const getSignIn: Route = {
  method: "GET",
  path: "/v1/sign-in",
  id: "getSignIn",
  summary: "Get how people sign in",
  description:
    "`tokenRequired` is false where a client without a token joins as a guest. `loginUrl` is the setting `AUTH_LOGIN_URL`, if there is one.",
  responses: [{ status: 200, description: "The sign-in", content: { "application/json": signInSchema } }],
  handle({ service }) {
    const { mode, loginUrl } = service.settingsFor().auth;
    const signIn: v.InferOutput<typeof signInSchema> = {
      tokenRequired: mode === "token" && service.authenticate === undefined,
      ...(loginUrl === undefined ? {} : { loginUrl }),
    };
    return Response.json(signIn, { headers: NO_STORE });
  },
};
