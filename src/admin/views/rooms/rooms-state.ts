import { computed, effect, signal } from "@preact/signals";
import type { RoomsPage } from "../../../protocol/room-list.ts";
import { Loader } from "../../http/loader.ts";
import { call, session } from "../../session.ts";
import { type Order, sortRooms } from "./sort-rooms.ts";

/** The rooms of a page. No more are loaded, or in the document, whatever the service has. */
export const PAGE_ROOMS = 100;

/** A room reports at most once a minute, so more refreshes show nothing new: milliseconds. */
const REFRESH_MS = 30_000;

const FIRST_PAGE: readonly string[] = [""];

/** `starts`: the name after which this page begins, and each page before it. */
type LoadedPage = RoomsPage & { starts: readonly string[] };

/** The list of rooms. It stays while the operator looks at a room, so that the way back leads to the same page. */
class RoomsState {
  readonly prefix = signal("");
  readonly order = signal<Order | undefined>(undefined);
  /** The name after which each page so far begins. The last one is the page that the operator wants. */
  #starts: readonly string[] = FIRST_PAGE;
  readonly loader = new Loader<LoadedPage>(async (signal) => {
    const starts = this.#starts;
    const query = { prefix: this.prefix.peek(), after: starts.at(-1), limit: PAGE_ROOMS };
    return { ...(await call<RoomsPage>("/v1/rooms", { query, signal })), starts };
  });
  readonly rooms = computed(() => sortRooms(this.loader.value.value?.rooms ?? [], this.order.value));
  readonly hasNext = computed(() => this.loader.value.value?.more ?? false);
  /** The number of the page that is shown, from 0. */
  readonly index = computed(() => (this.loader.value.value?.starts.length ?? 1) - 1);

  filter(prefix: string): void {
    if (prefix === this.prefix.peek()) return;
    this.prefix.value = prefix;
    this.#go(FIRST_PAGE);
  }

  /** A second press before the page is there asks for the same page. */
  next(): void {
    const { rooms, more, starts = FIRST_PAGE } = this.loader.value.peek() ?? {};
    const last = rooms?.at(-1)?.room;
    if (more && last !== undefined) this.#go([...starts, last]);
  }

  previous(): void {
    const { starts = FIRST_PAGE } = this.loader.value.peek() ?? {};
    if (starts.length > 1) this.#go(starts.slice(0, -1));
  }

  first(): void {
    this.#go(FIRST_PAGE);
  }

  reset(): void {
    this.loader.stop();
    this.loader.value.value = undefined;
    this.loader.error.value = undefined;
    this.prefix.value = "";
    this.#starts = FIRST_PAGE;
    this.order.value = undefined;
  }

  /**
   * Loads the page that is shown, and again from time to time while the tab is visible. Returns a function that ends this.
   */
  watch(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      clearTimeout(timer);
      if (document.visibilityState !== "visible") return;
      const age = Date.now() - this.loader.loadedAt.peek();
      if (age >= REFRESH_MS) void this.loader.load();
      timer = setTimeout(update, age >= REFRESH_MS ? REFRESH_MS : REFRESH_MS - age);
    };
    void this.loader.load();
    timer = setTimeout(update, REFRESH_MS);
    document.addEventListener("visibilitychange", update);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", update);
      this.loader.stop();
    };
  }

  #go(starts: readonly string[]): void {
    this.#starts = starts;
    void this.loader.load();
  }
}

export const roomsState = new RoomsState();

// The next operator of this tab sees nothing of the last one.
effect(() => {
  if (session.value.status === "out") roomsState.reset();
});
