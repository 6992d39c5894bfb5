import * as v from "valibot";

/** How a socket speaks: by `dormouse.v1`, or `plain`, with the data of messages alone. */
export const modeSchema = v.picklist(["v1", "plain"]);
export type Mode = v.InferOutput<typeof modeSchema>;
