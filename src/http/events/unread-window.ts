/** Upper limit of unread frames for all followers of this isolate, in bytes. */
const ISOLATE_BYTES = 32 * 1024 * 1024;

/** The range of one follower's unread window, in bytes. */
export const WINDOW_BYTES = { min: 32 * 1024, max: 512 * 1024 } as const;

let followers = 0;

export function followerStarted(): void {
  followers++;
}

export function followerEnded(): void {
  followers--;
}

/** How many unread bytes the room may send to the next follower: a share of the isolate's memory that shrinks with each follower. */
export function followerWindow(): number {
  const share = Math.floor(ISOLATE_BYTES / (followers + 1));
  return Math.min(WINDOW_BYTES.max, Math.max(WINDOW_BYTES.min, share));
}
