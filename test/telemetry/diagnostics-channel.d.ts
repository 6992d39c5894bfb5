/** The part that tests use. The types of Workers leave it to those of Node. */
declare module "node:diagnostics_channel" {
  type Listener = (message: unknown, name: string) => void;
  export function subscribe(name: string, listener: Listener): void;
  export function unsubscribe(name: string, listener: Listener): boolean;
}
