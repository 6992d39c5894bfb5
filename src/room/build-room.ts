import { CLOSES } from "../protocol/closes.ts";
import type { DirectoryPort } from "../rpc/directory.ts";
import type { Settings } from "../settings/settings.ts";
import type { MetricsDataset } from "../telemetry/metrics.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { createWebhooks, webhookStateOf } from "../webhooks/webhooks.ts";
import { DirectoryReports } from "./activity/directory-reports.ts";
import { AlarmScheduler } from "./alarm/alarm-scheduler.ts";
import { LogRetention } from "./alarm/log-retention.ts";
import { StorageRelease } from "./alarm/storage-release.ts";
import { dataCalls } from "./data-calls.ts";
import { Acknowledgements } from "./delivery/acknowledgements.ts";
import { Backpressure } from "./delivery/backpressure.ts";
import { Broadcaster } from "./delivery/broadcaster.ts";
import { HistoryRequests } from "./delivery/history-requests.ts";
import { Replay } from "./delivery/replay.ts";
import { Sender } from "./delivery/sender.ts";
import { EphemeralEvents } from "./ephemeral/ephemeral-events.ts";
import { SignalQueue } from "./ephemeral/signal-queue.ts";
import { FileLinks } from "./files/file-links.ts";
import { FileRemoval } from "./files/file-removal.ts";
import { FileRows } from "./files/file-rows.ts";
import { FileUploads } from "./files/file-uploads.ts";
import { Dispatcher } from "./frames/dispatcher.ts";
import { CustomRequests } from "./hooks/custom-requests.ts";
import { HookRunner } from "./hooks/hook-runner.ts";
import { HookSessions } from "./hooks/hook-session.ts";
import { MessageHook } from "./hooks/message-hook.ts";
import { PublishHook } from "./hooks/publish-hook.ts";
import type { RoomHooks } from "./hooks/room-hooks.ts";
import { Schedule } from "./hooks/schedule.ts";
import { SessionHooks } from "./hooks/session-hooks.ts";
import { SignalHook } from "./hooks/signal-hook.ts";
import { UserStorage } from "./hooks/user-storage.ts";
import { Bans } from "./limits/bans.ts";
import { RateLimiters } from "./limits/rate-limiters.ts";
import { StoredLevels } from "./limits/stored-levels.ts";
import { adoptTables } from "./log/adopt-tables.ts";
import { RoomLog } from "./log/log.ts";
import { RoomModules } from "./modules.ts";
import { FormRows } from "./operations/form-rows.ts";
import { History } from "./operations/history.ts";
import { MessageForms } from "./operations/message-forms.ts";
import { Operations } from "./operations/operations.ts";
import { StreamGrace } from "./operations/stream-grace.ts";
import { OwnerCalls } from "./owner-calls.ts";
import { Presence } from "./presence/presence.ts";
import { Flush, flushWindowMs } from "./publish/flush.ts";
import { Publishing } from "./publish/publishing.ts";
import { RpcCalls } from "./rpc-calls.ts";
import { RpcDispatcher } from "./rpc-dispatcher.ts";
import { ConnectionManager } from "./sessions/connection-manager.ts";
import { IdleReaper } from "./sessions/idle-reaper.ts";
import { RefusedAttempts } from "./sessions/refused-attempts.ts";
import { RoomSize } from "./sessions/room-size.ts";
import { TokenExpiry } from "./sessions/token-expiry.ts";
import { TokenRenewal } from "./sessions/token-renewal.ts";
import { RoomEvents } from "./telemetry/room-events.ts";
import { RoomMetrics } from "./telemetry/room-metrics.ts";
import { ExportPages } from "./transfer/export-pages.ts";
import { MemberRemoval } from "./transfer/member-removal.ts";
import { RoomImport } from "./transfer/room-import.ts";

/** The parts of a room that its Durable Object calls. */
export type RoomParts = ReturnType<typeof buildRoom>;

/** Puts a room together: what all modules share, then the modules, then the list that gives their order. */
export function buildRoom(
  ctx: DurableObjectState,
  settings: Settings,
  roomHooks: RoomHooks,
  directory: DirectoryPort | undefined,
  files: R2Bucket | undefined,
  dataset: MetricsDataset | undefined,
) {
  const { storage } = ctx;
  const { ackBytes } = settings;
  adoptTables(storage);
  // The platform knows the name of an object that was found by name; sessions know it in any case.
  const roomName = () => ctx.id.name ?? connections.roomName ?? "";
  const telemetry = new Telemetry(settings.log, roomName);
  const modules = new RoomModules(telemetry);
  const alarm = new AlarmScheduler(storage, modules, telemetry);
  const connections: ConnectionManager = new ConnectionManager(
    ctx,
    ackBytes,
    (session, reason) => modules.onLeave(session, reason),
    ({ member }, code) => telemetry.emit("close", { member, code, status: CLOSES[code].code }),
  );
  const sender = new Sender(connections, telemetry);
  const retention = {
    messages: settings.historyMessages,
    bytes: settings.historyBytes,
    days: settings.historyDays,
    dedupe: settings.dedupeMessages,
  };
  const log = new RoomLog(storage, retention, `${ctx.id}`, () => connections.pendingEpoch);
  const formRows = new FormRows(storage.sql);
  const forms = new MessageForms(log, formRows);
  const history = new History({ log, forms, rows: formRows });
  const shared = { ctx, storage, settings, ackBytes, telemetry, modules, alarm, files };
  const room = { ...shared, connections, sender, log, forms, history };

  const runner = new HookRunner(roomHooks, storage, telemetry);
  runner.onRollback(() => alarm.onRollback());
  const hookSessions = new HookSessions({ ...room, runner });
  const hooks = new SessionHooks(runner, hookSessions);
  const publishHook = new PublishHook(runner, settings.messageBytes);
  const signalHook = new SignalHook(runner);
  const hasMessageHook = roomHooks.onMessage !== undefined || roomHooks.onOperation !== undefined;
  const messageHook = hasMessageHook ? new MessageHook({ ...room, runner }) : undefined;
  const schedule = new Schedule({ ...room, runner });

  const bans = new Bans(storage.sql);
  const rateLimiters = new RateLimiters(settings, new StoredLevels(storage.sql), log);
  const backpressure = new Backpressure(room);
  const broadcaster = new Broadcaster({ ...room, backpressure });
  const { messageBytes } = settings;
  const operations = new Operations({ ...room, rows: formRows, runner, messageBytes });
  const flush = new Flush({ ...room, runner, broadcaster, publishHook, operations });
  const { membersListed, leaveGraceMs } = settings;
  const presence = new Presence({
    ...room,
    broadcaster,
    membersListed,
    leaveGraceMs,
    onMemberChange: (member) => modules.onMemberChange(member),
  });
  const signals = new SignalQueue({ connections, broadcaster, windowMs: () => flushWindowMs(connections) });
  const replay = new Replay({
    ...room,
    backpressure,
    reads: rateLimiters.reads,
    maxReplay: settings.resumeMessages,
  });
  const acknowledgements = new Acknowledgements({ ...room, broadcaster, backpressure, replay, presence });
  const publishing = new Publishing({ ...room, flush, hookSessions });
  const tokenExpiry = new TokenExpiry(room);
  const webhooks = createWebhooks({ ...room, presence });
  const fileRows = new FileRows(storage.sql);
  const links = new FileLinks(storage);
  const fileRemoval = new FileRemoval({ ...room, runner, rows: fileRows, links });
  const roomImport = new RoomImport({ ...room, flush });
  const { historyDays } = settings;
  const reports = new DirectoryReports({ ...room, presence, historyDays, roomName, directory });
  const metrics = dataset && new RoomMetrics(dataset, { ...room, presence, roomName, id: `${ctx.id}` });

  // For each thing that happens, the room calls its modules in this order.
  modules.use([
    hooks,
    bans,
    rateLimiters,
    new RoomSize(connections, settings.roomSockets),
    presence,
    new LogRetention(log, forms, [webhooks, messageHook]),
    operations,
    fileRemoval,
    new StreamGrace({ log, forms, flush }),
    broadcaster,
    replay,
    backpressure,
    acknowledgements,
    tokenExpiry,
    new IdleReaper(connections, settings.heartbeatSeconds),
    publishing,
    new HistoryRequests({ ...room, rateLimiters, acknowledgements }),
    new EphemeralEvents({ ...room, presence, signals, signalHook, hookSessions }),
    new TokenRenewal(room),
    ...[webhooks, messageHook, metrics].filter((module) => module !== undefined),
    schedule,
    new RoomEvents(telemetry),
    new UserStorage(storage),
    roomImport,
    reports,
    new StorageRelease(room),
  ]);

  const dispatcher = new Dispatcher({
    ...room,
    runner,
    rateLimiters,
    acknowledgements,
    publishing,
    tokenExpiry,
  });
  const refusedAttempts = new RefusedAttempts();
  const calls = new RpcCalls({
    ...room,
    runner,
    flush,
    rateLimiters,
    bans,
    refusedAttempts,
    presence,
    signals,
    signalHook,
  });
  const webhookState = () => webhookStateOf(settings, webhooks);
  const owner = new OwnerCalls({
    ...room,
    webhookState,
    flush,
    presence,
    signals,
    calls,
    runner,
    schedule,
    hookSessions,
    messageHook,
  });
  const uploads = new FileUploads({
    ...room,
    runner,
    bans,
    rateLimiters,
    calls,
    rows: fileRows,
    links,
    removal: fileRemoval,
    roomFileBytes: settings.roomFileBytes,
  });
  const { reads } = rateLimiters;
  const exports = new ExportPages({ ...room, rows: formRows, reads });
  const removal = new MemberRemoval({
    ...room,
    rows: formRows,
    flush,
    bans,
    calls,
    owner,
    files: fileRemoval,
  });
  const rpc = new RpcDispatcher(
    calls,
    owner,
    dataCalls({ reports, exports, roomImport, removal, reads, webhookState }),
    uploads,
  );
  const customRequests = new CustomRequests({ runner, rateLimiters, bans });
  return {
    ...room,
    roomName,
    runner,
    hooks,
    refusedAttempts,
    presence,
    replay,
    dispatcher,
    calls,
    owner,
    rpc,
    customRequests,
  };
}
