import type { WebhookState } from "../protocol/webhook-state.ts";
import type { DataCalls } from "../rpc/data-calls.ts";
import { refused } from "../rpc/outcome.ts";
import type { DirectoryReports } from "./activity/directory-reports.ts";
import type { ReadLimiter } from "./limits/read-limiter.ts";
import type { ExportPages } from "./transfer/export-pages.ts";
import type { MemberRemoval } from "./transfer/member-removal.ts";
import type { RoomImport } from "./transfer/room-import.ts";

type Parts = {
  reports: DirectoryReports;
  exports: ExportPages;
  roomImport: RoomImport;
  removal: MemberRemoval;
  reads: ReadLimiter;
  webhookState: () => WebhookState;
};

/** The calls of operators, each of which belongs to one part of the room. */
export function dataCalls({ reports, exports, roomImport, removal, reads, webhookState }: Parts): DataCalls {
  return {
    activity: () => reports.activity(),
    webhook: ({ rateKey }) => {
      const refusal = reads.take(rateKey, Date.now());
      return refusal === undefined ? { value: webhookState() } : refused(refusal);
    },
    exportPage: (query) => exports.page(query),
    beginImport: (start) => roomImport.begin(start),
    addToImport: (key, messages) => roomImport.add(key, messages),
    endImport: (key, seq) => roomImport.end(key, seq),
    abortImport: (key) => roomImport.abort(key),
    removeMember: (query) => removal.remove(query),
  };
}
