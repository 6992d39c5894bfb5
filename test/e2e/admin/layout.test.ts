import { afterAll, beforeAll, expect, test } from "vitest";
import { adminViews, fillService } from "../../page/admin/views.ts";
import { seriousIssues } from "../../page/axe.ts";
import { browserAt, checkView, preferLocales } from "../../page/layout/check-view.ts";
import { WIDTHS } from "../../page/views.ts";
import { enter, OPERATOR, Operators } from "../../support/operators.ts";
import { token } from "../../support/tokens.ts";

const ROOM = "release party";
let operators: Operators;
beforeAll(async () => {
  operators = await Operators.start({ AUTH_LOGIN_URL: "/login" });
  await fillService(operators, ROOM);
});
afterAll(() => operators?.stop());

test.each(Object.entries(WIDTHS))(
  "[PAGE-55] at %s px no control or text overlaps, is cut off or outside of the viewport in any view, and axe finds nothing",
  async (width, height) => {
    const page = await operators.visit("", browserAt(Number(width), height));
    await preferLocales(page);
    await page.reload();
    await enter(page, "not.a.token");
    await page.waitForSelector("[role=alert]");
    const faults = [...(await checkView(page, "sign-in")), ...(await seriousIssues(page))];
    await enter(page, token(OPERATOR));
    for (const { name, open, close } of adminViews(ROOM)) {
      await open(page);
      faults.push(...(await checkView(page, name)));
      // The widths have the same elements and colours.
      if (width === "1280") faults.push(...(await seriousIssues(page)).map((issue) => `${name}: ${issue}`));
      await close?.(page);
    }
    expect(faults).toEqual([]);
    expect(operators.errors).toEqual([]);
  },
  120_000,
);
