const LOCATION_HINTS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
const JURISDICTIONS = ["eu", "fedramp"] as const;

/** The regions in which the platform can place a new object (Durable Objects, "Data location"). */
export type LocationHint = (typeof LOCATION_HINTS)[number];
/** The jurisdictions to which the platform can restrict an object (Durable Objects, "Data location"). */
export type Jurisdiction = (typeof JURISDICTIONS)[number];

export function isLocationHint(text: string): text is LocationHint {
  return (LOCATION_HINTS as readonly string[]).includes(text);
}

export function isJurisdiction(text: string): text is Jurisdiction {
  return (JURISDICTIONS as readonly string[]).includes(text);
}
