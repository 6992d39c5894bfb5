import * as v from "valibot";
import { nameQuery } from "./api.ts";

/** The query of calls that a guest makes under a name, and that have no other parameters. */
export const nameQuerySchema = v.object(nameQuery);
