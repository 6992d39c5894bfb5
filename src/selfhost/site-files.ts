/** A pathname of the site. */
export type SitePath = {
  /** The headers of `_headers`, with which every answer for the pathname is sent. */
  rules: Readonly<Record<string, string>>;
} & (
  | {
      /** The path of the file in the folder of the site. */
      file: string;
      /** The content type, the ETag and the caching of the file. */
      headers: Readonly<Record<string, string>>;
    }
  /** Where another name of a file leads, such as `/index.html`. */
  | { location: string }
);

/** The static site of a service. */
export type Site = {
  paths: Readonly<Record<string, SitePath>>;
  /** The paths that always go to the service: exact ones, and prefixes that end in `*`. */
  workerFirst: readonly string[];
};

/** The binding with the bytes of a file. Its name is none that a setting could have. */
export function siteBinding(file: string): `site/${string}` {
  return `site/${file}`;
}
