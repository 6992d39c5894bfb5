import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { problemSchema } from "../protocol/api.ts";
import { ERRORS, type ErrorCode } from "../protocol/codes.ts";
import { CONTRACT_VERSION } from "../protocol/limits.ts";
import type { Answer, Route } from "./route.ts";

/** The description of the API (OpenAPI 3.1), made from the calls themselves and the schemas that they go by. */
export function describe(calls: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const call of calls) {
    paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operation(call) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Dormouse",
      version: `1.${CONTRACT_VERSION}`,
      summary: "Realtime rooms that sleep, over HTTP",
      description:
        "A room is a log of messages in one order, and the sockets that follow it. A room comes to be with its first message.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema) },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token, or a guest's key" },
        token: {
          type: "apiKey",
          in: "query",
          name: "token",
          description: "The same, for what can send no headers",
        },
      },
    },
  };
}

/** What any call that needs a capability may be refused with. */
const ACCESS: readonly ErrorCode[] = [
  "invalid_room",
  "invalid_name",
  "invalid_token",
  "forbidden",
  "origin_refused",
];
const ANY: readonly ErrorCode[] = ["misconfigured", "internal", "unavailable"];

function operation(call: Route): object {
  const { id, summary, description, needs, body, example, answers, problems = [] } = call;
  const codes = [...(needs === undefined ? [] : ACCESS), ...problems, ...ANY];
  const need = needs === undefined ? [] : [`Needs the capability \`${needs}\`.`];
  return {
    operationId: id,
    summary,
    description: [...(description === undefined ? [] : [description]), ...need].join("\n\n"),
    security: needs === undefined ? [] : [{ bearer: [] }, { token: [] }, {}],
    parameters: parametersOf(call),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body, example) } }),
    responses: { ...Object.fromEntries(answers.map(answer)), ...problemsOf(codes) },
  };
}

const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  room: "The room's name: 1 to 128 bytes of UTF-8, no control characters, no slash",
  member: "The member's id",
};

function parametersOf({ path, query, headers = {} }: Route): object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: PATH_PARAMETERS[name],
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query?.entries ?? {}).map(([name, entry]) => {
    const { description, ...schema } = schemaOf(entry);
    return { name, in: "query", description, schema };
  });
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    description,
    schema: { type: "string" },
  }));
  return [...inPath, ...inQuery, ...inHeaders];
}

function answer({ status, description, content, headers = {} }: Answer): [string, object] {
  const described = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: "string" } },
  ]);
  return [
    String(status),
    {
      description,
      ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) }),
      ...(content === undefined ? {} : { content: contentOf(content) }),
    },
  ];
}

function problemsOf(codes: readonly ErrorCode[]): Record<string, object> {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(
    [...byStatus].map(([status, each]) => [
      String(status),
      { description: each.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join("; "), content },
    ]),
  );
}

function contentOf(
  content: Readonly<Record<string, v.GenericSchema>>,
  example?: object,
): Record<string, object> {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [
      type,
      // Raw bytes have no schema (OpenAPI 3.1, section 4.8.14.1).
      schema.type === "blob"
        ? {}
        : { schema: schemaOf(schema), ...(example === undefined ? {} : { example }) },
    ]),
  );
}

function schemaOf(schema: v.GenericSchema): Record<string, unknown> {
  const { $schema: _, ...described } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "output",
    // "Any JSON" is the one check that JSON Schema has no word for; of any other, this throws.
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema.type === "custom" ? { description: "Any JSON" } : undefined,
  });
  return described;
}
