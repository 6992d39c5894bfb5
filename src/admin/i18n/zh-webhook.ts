import type { Texts } from "./index.ts";

export const webhook: Texts["webhook"] = {
  title: "Webhook",
};
