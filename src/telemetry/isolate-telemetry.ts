import { LOG_SETTINGS } from "../settings/log.ts";
import { Telemetry } from "./telemetry.ts";

/** Reports what happens outside rooms. Its level is that of the environment, from the first request on. */
export const isolateTelemetry = new Telemetry(LOG_SETTINGS.LOG.default);
