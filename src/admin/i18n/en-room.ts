/** The texts of the view of one room. */
export const room = {
  now: "Now",
  nowHint: "As the room answered when this page last asked it.",
  members: "Members",
  seq: "Newest message",
  floor: "Removed up to",
  report: "Last report",
  reportHint: "As the room reported itself to the list of rooms, at most once a minute.",
  notListed: "The room is not in the list of active rooms.",
  sockets: "Sockets",
  rate: "Messages a minute",
  activeAt: "Last active",
  measured: "Measured here",
  measuredHint: "What this page measures while it follows the room.",
  received: "Received",
  lastMinute: "In the last minute",
  delay: "Median delay",
  slowest: "Slowest",
  delayHint:
    "From the time at which the room stored a message to its arrival here, over the last 100 messages. It includes the network and the difference between the two clocks.",

  messages: "Messages",
  olderMessages: "Older messages",
  history: "History",
  newest: "Newest",
  newer: "Newer",
  older: "Older",
  noMessages: "This room has no messages.",
  seqColumn: "Seq",
  time: "Time",
  author: "Author",
  message: "Message",
  deleted: "Deleted.",
  edited: "Edited.",
  binary: (size: string) => `Binary message, ${size}`,
  showMore: "Show more",
  showLess: "Show less",
  cut: (shown: string, size: string) =>
    `These are the first ${shown} of ${size} characters. The export has all of them.`,
  lacksRead: "Your token lacks the capability read, so this page cannot show messages. Use one that has it.",
  lacksPublish: "Your token lacks the capability publish, so you cannot write here.",
  lacksPresence:
    "Your token lacks the capability presence, so this page cannot list members. Use one that has it.",

  follow: "Follow live",
  unfollow: "Stop",
  followHint:
    "While you follow the room, its members see you in their list, if your token has the capability presence.",
  tailStates: {
    off: "",
    connecting: "Connecting…",
    live: "Live",
    waiting: "Connection lost. The page tries again.",
  },
  tailClosed: (reason: string) => `The connection ended. ${reason}`,
  tailReasons: {
    kicked: "You were removed from the room.",
    banned: "Your member is banned from this room.",
    invalid_token: "Your token has ended. Sign in again.",
    room_full: "The room is full.",
    forbidden: "Your token may not join this room.",
    other: "Try again.",
  },

  publishLabel: "Publish a message",
  publish: "Publish",
  asJson: "JSON",
  asJsonHint:
    "Publish the text as the JSON that it is. Otherwise it becomes the text of a message of the chat page.",
  notJson: "This is not valid JSON.",

  action: "Action",
  delete: "Delete",
  deleteMessage: (seq: string) => `Delete message ${seq}`,
  deleteHint: "Everyone in the room sees that the message was deleted. You cannot undo this.",

  byId: "By id…",
  memberById: "Kick, ban or unban by id",
  memberId: "Member id",
  remove: "Remove",
  removeMember: (name: string) => `Remove ${name}`,
  moreMembers: (count: string) => `and ${count} more`,
  notListedMembers: "The room has more members than it lists (MEMBERS_LISTED). Act on one by its id.",
  noMembers: "Nobody is here.",
  memberActions: {
    kick: "Kick",
    tenMinutes: "Ban for 10 minutes",
    hour: "Ban for an hour",
    day: "Ban for a day",
    month: "Ban for 30 days",
    unban: "End the ban",
  },
  memberHints: {
    kick: "Closes the sockets of the member, who can return at once.",
    ban: "Closes the sockets of the member, who can return after this time.",
    unban: "The member can return at once.",
  },
  memberDone: {
    kick: (sockets: string) => `Done. Closed sockets: ${sockets}.`,
    unban: (_: string) => "Done. The member is not banned.",
  },
  apply: "Apply",

  export: "Export",
  exportHint: (limit: string) => `Downloads the messages as lines of JSON, up to ${limit}.`,
  exporting: (size: string) => `${size} – cancel`,
  exportOutcomes: {
    whole: (size: string) => `Exported: ${size}.`,
    cut: (size: string) =>
      `The export ended early, after ${size}. The file has what arrived. Export again for all of it.`,
    large: (size: string) =>
      `The export is larger than ${size}, too large for this page. Use curl: see docs/HTTP.md.`,
  },

  erase: "Erase…",
  eraseTitle: "Erase this room",
  eraseHint:
    "All messages and files of the room are removed for good, and all sockets are closed. Clients reconnect to an empty room. Bans stay.",
  eraseLabel: (name: string) => `Type ${name} to confirm`,
  erased: (sockets: string) => `The room is empty. Closed sockets: ${sockets}.`,
};
