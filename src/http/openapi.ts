import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { problemSchema } from "../protocol/api.ts";
import { ERRORS, type ErrorCode } from "../protocol/errors.ts";
import { CONTRACT_VERSION } from "../protocol/limits.ts";
import type { Route, RouteResponse } from "./route.ts";

/** The OpenAPI 3.1 description of these routes. Its schemas are the ones that validate requests. */
export function openApiOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Dormouse",
      version: `1.${CONTRACT_VERSION}`,
      summary: "Realtime rooms that hibernate, over HTTP",
      description:
        "A room is an ordered log of messages and the sockets that follow it. The first message creates the room.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Problem: jsonSchemaOf(problemSchema) },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token or a guest key" },
        token: {
          type: "apiKey",
          in: "query",
          name: "token",
          description: "A token or a guest key, for clients that cannot send headers",
        },
      },
    },
  };
}

/** The problems of every route that needs a capability. */
const ACCESS_PROBLEMS: readonly ErrorCode[] = [
  "invalid_room",
  "invalid_name",
  "invalid_token",
  "forbidden",
  "origin_refused",
];
const COMMON_PROBLEMS: readonly ErrorCode[] = ["misconfigured", "internal", "unavailable"];

function operationOf(route: Route): object {
  const { id, summary, description, needs, body, isBodyOptional, example, responses, problems = [] } = route;
  const codes = [...(needs === undefined ? [] : ACCESS_PROBLEMS), ...problems, ...COMMON_PROBLEMS];
  const need = needs === undefined ? [] : [`Requires the capability \`${needs}\`.`];
  return {
    operationId: id,
    summary,
    description: [...(description === undefined ? [] : [description]), ...need].join("\n\n"),
    security: needs === undefined ? [] : [{ bearer: [] }, { token: [] }, {}],
    parameters: parametersOf(route),
    ...(body === undefined
      ? {}
      : { requestBody: { required: !isBodyOptional, content: contentOf(body, example) } }),
    responses: { ...Object.fromEntries(responses.map(responseOf)), ...problemResponsesOf(codes) },
  };
}

const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  room: "The room name: 1 to 128 bytes of UTF-8 without control characters and slashes",
  member: "The member id",
  seq: "The seq of the message",
  key: "The key of the reaction, such as an emoji",
  file: "The id of the file",
  part: "The number of the part, from 1",
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
    const { description, ...schema } = jsonSchemaOf(entry);
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

function responseOf({ status, description, content, headers = {} }: RouteResponse): [string, object] {
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

function problemResponsesOf(codes: readonly ErrorCode[]): Record<string, object> {
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
      // OpenAPI 3.1 describes raw bytes by the media type alone (section 4.8.14.1).
      schema.type === "blob"
        ? {}
        : { schema: jsonSchemaOf(schema), ...(example === undefined ? {} : { example }) },
    ]),
  );
}

function jsonSchemaOf(schema: v.GenericSchema): Record<string, unknown> {
  const { $schema: _, ...described } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "output",
    // JSON Schema cannot express a custom check; the only one in the contract is "any JSON". Others throw.
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema.type === "custom" ? { description: "Any JSON" } : undefined,
  });
  return described;
}
