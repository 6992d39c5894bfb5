import type { Texts } from "./index.ts";

export const tokenMaker: Texts["tokenMaker"] = {
  title: "生成令牌",
};
