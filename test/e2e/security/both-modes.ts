import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect } from "vitest";
import { type Service, startService } from "../../support/service.ts";
import { Observer, SECURED } from "./helpers.ts";

/** A room with an observer in it. */
export const LOBBY = "hostile-lobby";
/** The name of a room that no client has joined. */
export const unusedRoom = () => `unused-${randomUUID()}`;

export let tokenMode: Service;
export let open: Service;
let observers: Observer[] = [];
export const services = () => [tokenMode, open];

/** Starts a service in each AUTH_MODE for the tests of a file. */
export function useBothModes(): void {
  beforeAll(async () => {
    [tokenMode, open] = await Promise.all([
      startService({ ...SECURED, AUTH_MODE: "token" }),
      startService({ ...SECURED, AUTH_MODE: "open" }),
    ]);
    observers = await Promise.all(services().map((service) => Observer.in(service, LOBBY)));
  });
  afterAll(() => Promise.all(services().map((service) => service.stop())));
}

/** Checks that `act` creates no Durable Object and stores nothing in the lobby, and that the lobby still works. */
export async function expectNoEffect(act: () => Promise<void>): Promise<void> {
  const before = await Promise.all(services().map((service) => service.objects()));
  await act();
  expect(await Promise.all(services().map((service) => service.objects()))).toEqual(before);
  await Promise.all(observers.map((observer) => observer.expectIntact()));
}
