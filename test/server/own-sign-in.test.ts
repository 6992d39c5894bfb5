import { describe, expect, test } from "vitest";
import type { Problem } from "../../src/protocol/problem.ts";
import type { Identity } from "../../src/server/index.ts";
import { inSeconds, sign } from "../auth/tokens.ts";
import { deployment } from "./deployment.ts";

const ADA: Identity = { member: "ada", name: "Ada", can: ["read", "publish"], claims: { team: 7 } };

describe("a session that authenticate let in", () => {
  test("[ACC-22] keeps its grant and its claims, whatever token it sends", async () => {
    const { join, room, dormouse, env } = deployment({
      binding: (own) => own.COMPOSED,
      authenticate: () => ADA,
    });
    const ada = await join(room());
    for (const claims of [{}, { can: ["admin", "read"] }, { can: ["publish"] }, { sub: "boss" }]) {
      ada.send({
        type: "auth",
        token: await sign({ sub: "ada", name: "Boss", exp: inSeconds(60), ...claims }),
      });
      expect(await ada.frame("error")).toMatchObject({ code: "forbidden" });
    }
    ada.publish("a", 1);
    expect(await ada.message()).toMatchObject({
      from: "ada",
      name: "Ada",
      data: { given: 1, claims: { team: 7 }, isAdmin: false },
    });
    await dormouse.room(env, room()).kick("ada");
    expect(await ada.frame("bye")).toMatchObject({ code: "kicked" });
  });

  test("[ACC-33] cannot invite, and no invitation lets anybody in", async () => {
    const { call, room } = deployment({ authenticate: () => ({ ...ADA, can: ["read", "moderate"] }) });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const answer = await call(`/v1/rooms/${room()}/invitations`, init);
    expect([answer.status, (await answer.json<Problem>()).code]).toEqual([400, "invitations_off"]);
  });
});
