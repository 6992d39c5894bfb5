import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile, generateClient } from "../../support/generated-client.ts";
import { type Service, startService } from "../../support/service.ts";

type Description = { openapi: string; paths: Record<string, Record<string, { operationId: string }>> };

let service: Service;
let folder: string;
let description: Description;

beforeAll(async () => {
  service = await startService();
  folder = await mkdtemp(join(tmpdir(), "dormouse-api-"));
  const answer = await fetch(`${service.url}/v1/openapi.json`);
  expect(answer.headers.get("content-type")).toBe("application/json");
  description = await answer.json();
});
afterAll(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("[API-9] the description is valid OpenAPI 3.1, and its request creates no room", async () => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(description));
  expect(result).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const broken = structuredClone(description);
  expect((await new Validator().validate({ ...broken, paths: { "no-slash": {} } })).valid).toBe(false);
  expect(await service.objects()).toEqual([]);
});

test("[API-9] the description lists invalid_name, and its maximum seq is accepted", async () => {
  type Operation = {
    parameters: { name: string; schema: { maximum?: number } }[];
    responses: Record<string, { description: string }>;
  };
  const { get } = description.paths["/v1/rooms/{room}/messages"] as unknown as { get: Operation };
  expect(get.responses["400"]?.description).toContain("invalid_name");
  const refused = await fetch(`${service.url}/v1/rooms/named/messages?name=%20`);
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([400, "invalid_name"]);
  for (const name of ["before", "after"]) {
    const most = get.parameters.find((each) => each.name === name)?.schema.maximum;
    const page = await fetch(`${service.url}/v1/rooms/named/messages?${name}=${most}`);
    expect([name, most, page.status]).toEqual([name, Number.MAX_SAFE_INTEGER, 200]);
  }
});

test("[API-9] every described call answers, and every other method gets 405", async () => {
  const methods = ["get", "post", "put", "patch", "delete"];
  for (const [path, operations] of Object.entries(description.paths)) {
    const url = service.url + path.replace("{room}", "described").replace("{member}", "nobody");
    for (const method of methods) {
      const abort = new AbortController();
      const { status } = await fetch(url, { method: method.toUpperCase(), signal: abort.signal });
      abort.abort();
      expect([path, method, status === 405]).toEqual([path, method, !(method in operations)]);
    }
  }
});

test("[API-9] a generated client compiles, and a wrong call of it does not", async () => {
  await generateClient(description, folder);
  const program = (data: string) => `
    import { Api } from "./client";
    const { v1 } = new Api({ baseUrl: "http://localhost:8787" });
    const { data: { epoch, messages } } = await v1.publish("lobby", ${data});
    const { data: page } = await v1.readMessages("lobby", { after: messages[0]?.seq, limit: 10 });
    const more: boolean = page.more;
    console.log(epoch.length, more, page.messages.map(({ seq, from }) => seq + from));
    export {};
  `;
  expect(await compile(folder, program('{ data: { text: "hello" } }'))).toBe("");
  expect(await compile(folder, program('{ messages: [{ id: "a", data: 1 }, { data: 2 }] }'))).toBe("");
  expect(await compile(folder, program("{ messages: 1 }"))).toContain("error TS2322");
});

test("[API-10] the description answers 304 to its ETag", async () => {
  const first = await fetch(`${service.url}/v1/openapi.json`);
  const etag = first.headers.get("etag") ?? "";
  await first.body?.cancel();
  const again = await fetch(`${service.url}/v1/openapi.json`, { headers: { "if-none-match": etag } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});
