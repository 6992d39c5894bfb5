/** Error codes, close codes and problems in one import. */
export * from "./closes.ts";
export * from "./errors.ts";
export * from "./problem.ts";
