import { beforeEach, describe, expect, test } from "vitest";
import { Draft, loadDraft, saveDraft } from "../../../src/app/chat/draft.ts";
import { openNewTab, resetStorage } from "./fixtures.ts";

beforeEach(resetStorage);

describe("draft storage", () => {
  test("[PAGE-3] keeps one draft per room", () => {
    saveDraft("a", "half a");
    expect([loadDraft("a"), loadDraft("b")]).toEqual(["half a", ""]);
  });

  test("[PAGE-3] removes an empty draft", () => {
    saveDraft("a", "half a");
    saveDraft("a", "");
    expect(Object.keys(localStorage)).toEqual([]);
    expect(loadDraft("a")).toBe("");
  });

  test("[PAGE-3] keeps the draft of another tab when this tab's draft is emptied", () => {
    saveDraft("a", "mine");
    localStorage.setItem("dormouse.draft a", '"theirs"');
    expect(loadDraft("a")).toBe("mine");
    saveDraft("a", "");
    expect(loadDraft("a")).toBe("");
    openNewTab();
    expect(loadDraft("a")).toBe("theirs");
    saveDraft("a", "");
    expect(Object.keys(localStorage)).toEqual([]);
  });
});

describe("Draft", () => {
  test("[PAGE-3] prepends a text on a line of its own, and alone to an empty draft", () => {
    const draft = new Draft("a");
    draft.prepend("second");
    draft.prepend("first");
    expect(draft.text.value).toBe("first\nsecond");
    expect(loadDraft("a")).toBe("first\nsecond");
  });
});
