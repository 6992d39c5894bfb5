/** Whether JSON has more than `levels` arrays and objects inside each other. It looks no deeper than that. */
export function isDeeper(json: unknown, levels: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (levels === 0) return true;
  return Object.values(json).some((value) => isDeeper(value, levels - 1));
}
