/** The version of Dormouse, as in `package.json`. A test compares them. */
export const VERSION = "0.2.0";
