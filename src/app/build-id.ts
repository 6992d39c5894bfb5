/** Identifies the build of the scripts that a page started with. `src/tools/build.ts` fills it in. A function, so that no bundler inlines it. */
export const buildId = (): string => "@build-id@";
