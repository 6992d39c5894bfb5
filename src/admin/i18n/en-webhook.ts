/** The texts of the view "Webhook". */
export const webhook = {
  title: "Webhook",
  about:
    "How the deliveries of one room go. Each look contacts that room, so the page asks only when you do.",
  room: "Room",
  show: "Show",
  openRoom: "Open the room",
  asOf: (time: string) => `As of ${time}.`,
  state: "State",
  states: {
    off: "There is no webhook.",
    unreadable: "The room cannot read what it stored for the webhook, so it sends nothing.",
    idle: "Everything is delivered.",
    due: "A delivery is due.",
    delivering: "A delivery is under way.",
    failing: "Deliveries fail.",
  },
  stateHints: {
    off: "Set WEBHOOK_URL and WEBHOOK_SECRET, and deploy again.",
    unreadable: "The log of the service has the reason. The room tries again when it wakes.",
    idle: "",
    due: "",
    delivering: "",
    failing:
      "The room tries again by itself, less and less often, up to once an hour. Nothing is lost while its log keeps the messages.",
  },
  lastSuccess: "Latest success",
  lastFailure: "Latest failure",
  never: "none known",
  neverHint: "A room that holds nothing forgets its latest deliveries.",
  status: (status: number) => `HTTP ${status}`,
  codes: {
    timeout: "no answer within 10 seconds",
    unreachable: "no connection",
    internal: "a fault of the room; its log has the reason",
  },
  statusHints: {
    redirect: "The room follows no redirect. Set WEBHOOK_URL to the last address.",
    unauthorized:
      "The receiver does not accept the signature or the address. Compare its secret with WEBHOOK_SECRET.",
    notFound: "The receiver has nothing at this address. Check WEBHOOK_URL.",
    tooBig: "The receiver takes no body of this size. The room sends smaller ones; allow about 256 KiB.",
    slowDown: "The receiver asks for fewer deliveries.",
    server: "The receiver failed. Its log has the reason.",
  },
  failures: "Failures in a row",
  waiting: "Waiting",
  messages: (count: number, shown: string) => (count === 1 ? "1 message" : `${shown} messages`),
  membershipEvents: (count: number, shown: string) =>
    count === 1 ? "1 join or leave" : `${shown} joins and leaves`,
  nothing: "nothing",
  dropped: "Lost events",
  droppedHint: "Events that were dropped since the last delivery. The next one tells the receiver how many.",
  next: "Next attempt",
  nextNone: "none",
  nextNow: "now",
};
