import type { Texts } from "./index.ts";

export const settings: Texts["settings"] = {
  title: "设置",
};
