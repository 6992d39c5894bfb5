import { DormouseError } from "../protocol/codes.ts";

export function methodNotAllowed(allowed: string): DormouseError {
  return new DormouseError("method_not_allowed", `This address answers ${allowed} only.`);
}
