/** The texts of the list of rooms. */
export const rooms = {
  caption: "Active rooms",
  filter: "Names that begin with…",
  openRoom: "Open this room",
  none: "No room is active. A room is listed a few seconds after its first use.",
  noneWithPrefix: "No active room has a name that begins with this.",
  about:
    "Rooms report themselves at most once a minute, so figures are up to a minute old. The list is in the order of the names. A column sorts the rooms of this page only, because the service knows no other order.",
  refreshHint: "The page refreshes every 30 seconds while this tab is visible.",
  columns: {
    room: "Room",
    members: "Members",
    sockets: "Sockets",
    seq: "Messages",
    rate: "Per minute",
    activeAt: "Last active",
  },
  columnHints: {
    room: "The name of the room.",
    members: "Members who are present.",
    sockets: "Open sockets.",
    seq: "The seq of the newest message: how many messages the log ever had.",
    rate: "Messages in the minute before the report.",
    activeAt: "When a message or a member last came or went.",
  },
  sortHint: (hint: string) => `${hint} Press to sort this page.`,
  stale: "stale",
  staleHint: "The room has members and has not reported for an hour, so they may be gone.",
  range: (first: string, last: string, hasMore: boolean) =>
    `Rooms ${first} to ${last}${hasMore ? ", and more" : ""}`,
  first: "First",
  previous: "Previous",
  next: "Next",
};
