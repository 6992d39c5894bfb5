import { buildId } from "./build-id.ts";

/** What the page loads when it is first used. It is one script, so that all parts of the page share one other script. */
export { FrameList } from "./components/panels/frame-list.tsx";

// After a deploy, an open page would join its own scripts with this one of another build.
if (buildId() !== "@build-id@") throw new Error("The page was updated. Reload it.");
