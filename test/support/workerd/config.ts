import type { Config } from "./bundle.ts";

export type ConfigOptions = {
  /** The service's port. 0 lets the system choose a free one. */
  port: number;
  /** Where Durable Objects are stored. */
  storage: string;
  /** Whether the service may call private and local addresses, such as a webhook receiver's. */
  reachesLocal: boolean;
  /** The file of the evictor, if it runs beside the service. */
  evictor: string | undefined;
};

/** The configuration of `workerd serve`, in Cap'n Proto text. Module names are files beside it. */
export function configText(config: Config, modules: readonly string[], options: ConfigOptions): string {
  const { port, storage, reachesLocal, evictor } = options;
  const networks = reachesLocal ? ["public", "private", "local"] : ["public"];
  const services = [
    '(name = "service", worker = .service)',
    `(name = "internet", network = (allow = ${list(networks.map(text))}))`,
    `(name = "storage", disk = (path = ${text(storage)}, writable = true))`,
  ];
  const sockets = [socket("service", port)];
  if (evictor !== undefined) {
    services.push('(name = "evictor", worker = .evictor)');
    sockets.push(socket("evictor", 0));
  }
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = ${list(services)}, sockets = ${list(sockets)});
const service :Workerd.Worker = ${serviceText(config, modules)};
${evictor === undefined ? "" : evictorText(config, evictor)}`;
}

function serviceText(config: Config, modules: readonly string[]): string {
  const { compatibility_date, compatibility_flags, durable_objects, vars } = config;
  const bindings = [
    ...durable_objects.bindings.map(
      ({ name, class_name }) => `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`,
    ),
    ...Object.entries(vars).map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${text(name)}, text = ${text(value)})`
        : `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`,
    ),
  ];
  const namespaces = durable_objects.bindings.map(
    ({ class_name }) =>
      `(className = ${text(class_name)}, uniqueKey = ${text(class_name)}, enableSql = true)`,
  );
  return `(
  modules = ${list(modules.map(module))},
  compatibilityDate = ${text(compatibility_date)},
  compatibilityFlags = ${list(compatibility_flags.map(text))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "storage"),
)`;
}

function evictorText({ compatibility_date, durable_objects }: Config, file: string): string {
  const bindings = durable_objects.bindings.map(
    ({ name, class_name }) =>
      `(name = ${text(name)}, durableObjectNamespace = (className = ${text(class_name)}, serviceName = "service"))`,
  );
  return `const evictor :Workerd.Worker = (
  modules = [${module(file)}],
  compatibilityDate = ${text(compatibility_date)},
  compatibilityFlags = ["unsafe_module"],
  bindings = ${list(bindings)},
);
`;
}

function socket(name: string, port: number): string {
  return `(name = ${text(name)}, address = "127.0.0.1:${port}", http = (), service = ${text(name)})`;
}

function module(file: string): string {
  return `(name = ${text(file)}, esModule = embed ${text(file)})`;
}

function list(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** A Cap'n Proto string. It takes the escapes of JSON for all characters that a setting contains. */
function text(value: string): string {
  return JSON.stringify(value);
}
