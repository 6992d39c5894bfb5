export const MAX_MENTIONS = 20;

/**
 * The member ids that the data of a message mentions: `{"text": "@Ada, see this", "mentions": ["u7"]}`. Data of any other form
 * mentions nobody, and members after the twentieth do not count.
 */
export function mentionsOf(data: unknown): readonly string[] {
  const list = (data as { mentions?: unknown } | null | undefined)?.mentions;
  if (!Array.isArray(list)) return [];
  return [...new Set(list.slice(0, MAX_MENTIONS).filter((id) => typeof id === "string" && id !== ""))];
}
