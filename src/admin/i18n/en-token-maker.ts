/** The texts of the view "Token maker". */
export const tokenMaker = {
  title: "Token maker",
  about:
    "Signs a token in this browser. The secret stays in the field: the page stores it nowhere, sends it nowhere, and clears the field after use.",
  codeSignIn: "The code of this service signs people in by itself. It takes no tokens of this kind.",
  noSecret:
    "This service has no AUTH_SECRET, so it refuses tokens that are signed with a secret. Set one first.",
  noSettings:
    "The page could not read the settings of the service. A token may lack its issuer and its audience.",

  member: "Member id",
  memberHint: "All connections with the same id are one member.",
  name: "Name",
  nameHint: "Others see it. Without one they see the member id.",
  rooms: "Rooms",
  roomsHint:
    "One on each line. An asterisk at the end stands for any ending: team-*. A lone * means all rooms.",
  can: "Capabilities",
  capabilities: {
    read: "read messages",
    publish: "publish, and change own messages",
    signal: "send signals, such as “typing”",
    presence: "see who is here, and be seen",
    moderate: "edit and delete any message, kick and ban",
    admin: "all of moderate, erase, export; with * also settings and all rooms",
  },
  adminHint: "A token with admin cannot be withdrawn before it ends. Give it a short life.",
  expiry: "Valid for",
  expiryCount: "Number",
  expiryUnit: "Unit",
  units: { m: "minutes", h: "hours", d: "days" },
  secret: "Secret",
  secretHint: "The AUTH_SECRET of the service.",
  secretShort: (chars: number) =>
    `This secret has less than ${chars} characters. The service takes it, but it can be guessed. Set a longer one.`,
  make: "Make the token",
  making: "Signing…",
  faults: {
    member: "Use 1 to 128 characters without control characters, and neither . nor ..",
    memberGuest: "Ids that begin with guest_ are those of guests. Use another one.",
    name: "Use at most 256 characters without control characters.",
    noRoom: "Name at least one room, or * for all.",
    room: "No room can have one of these names. Use 1 to 128 bytes without slashes or control characters.",
    noCapability: "Choose at least one capability.",
    count: "Use a whole number from 1, for at most 10 years.",
    secret: "Enter the AUTH_SECRET of the service.",
    tooBig: (bytes: number) => `The token would be longer than ${bytes} bytes. Use fewer rooms.`,
  },

  result: "Token",
  resultHint: (member: string, end: string) => `For ${member}, until ${end}.`,
  resultKept: "The page forgets it when you leave this view.",
  checking: "Asking the service whether it accepts this secret…",
  checks: {
    accepted: "The service accepts this secret.",
    acceptedOne:
      "The service accepts this secret. It accepts two at the moment: this may be the previous one, which ends with the rotation.",
    refused:
      "This is not the secret of this service, so it refuses this token. Check the secret, and the clock of this computer.",
    unknown: "The page could not ask the service whether it accepts this secret.",
  },
  checkHint: "To ask, the page sends a token of five minutes that is valid for no room and can do nothing.",
  copyToken: "Copy the token",
  command: "The same in a terminal",
  commandHint: "In the folder of the service, where .dev.vars or the environment has its AUTH_SECRET:",
  copyCommand: "Copy the command",
  notCopied: "The browser does not allow copying. Select the text and copy it yourself.",
};
