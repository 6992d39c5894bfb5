import { beforeEach, describe, expect, test } from "vitest";
import { session, signOut } from "../../src/admin/session.ts";
import { draftOf, dropPublished, keepDraft } from "../../src/admin/views/room/draft.ts";

function signedIn(sub: string): void {
  session.value = { status: "in", token: "", claims: { sub } };
}

const TEXT = { text: "half a sentence", isJson: false, id: undefined };
const EMPTY = { ...TEXT, text: "" };

describe("draftOf", () => {
  beforeEach(() => {
    signOut();
    signedIn("ada");
    keepDraft("lobby", TEXT);
  });

  test("[PAGE-53] has the text of the member after the token ended, a wrong one was pasted and a new one taken", () => {
    signOut("sessionEnded");
    expect(draftOf("lobby")).toEqual(EMPTY);
    signOut("malformed");
    session.value = { status: "checking" };
    signedIn("ada");
    expect(draftOf("lobby")).toMatchObject(TEXT);
    expect(draftOf("other")).toEqual(EMPTY);
  });

  test("[PAGE-53] is empty after a sign-out, and after another member signed in", () => {
    signOut();
    signedIn("ada");
    expect(draftOf("lobby")).toEqual(EMPTY);
    keepDraft("lobby", TEXT);
    signOut("sessionEnded");
    signedIn("bob");
    expect(draftOf("lobby")).toEqual(EMPTY);
    signedIn("ada");
    expect(draftOf("lobby")).toEqual(EMPTY);
  });

  test("[PAGE-53] is empty once its message was published, unless it was changed meanwhile", () => {
    keepDraft("lobby", { ...TEXT, id: "a" });
    dropPublished("lobby", "a");
    expect(draftOf("lobby")).toMatchObject(EMPTY);
    keepDraft("lobby", { ...TEXT, text: "the next one" });
    dropPublished("lobby", "a");
    expect(draftOf("lobby")).toMatchObject({ text: "the next one" });
  });
});
