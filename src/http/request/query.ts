import * as v from "valibot";
import { DormouseError } from "../../protocol/errors.ts";
import { whatIsWrong } from "../../protocol/fields.ts";

/**
 * Parses the query parameters of a schema and ignores all others.
 * @throws DormouseError `invalid_query`
 */
export function parseQuery<Entries extends v.ObjectEntries>(
  url: URL,
  schema: v.ObjectSchema<Entries, undefined>,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const given = Object.keys(schema.entries).flatMap((name) => {
    const value = url.searchParams.get(name);
    return value === null ? [] : [[name, value]];
  });
  const query = v.safeParse(schema, Object.fromEntries(given), { abortEarly: true });
  if (query.success) return query.output;
  throw new DormouseError("invalid_query", `In the query, ${whatIsWrong(query.issues[0])}.`);
}
