/** A file of `public/`, as the site serves it. */
export type SiteFile = {
  /** Its path in the folder of the site's files. */
  file: string;
  /** The content type, the ETag, and the headers of `_headers`. */
  headers: Readonly<Record<string, string>>;
};

/** The static site of a service, by pathname. */
export type Site = {
  files: Readonly<Record<string, SiteFile>>;
  /** Where a pathname leads that is another name of a file, such as `/index.html`. */
  redirects: Readonly<Record<string, string>>;
  /** The paths that always go to the service: exact ones, and prefixes that end in `*`. */
  workerFirst: readonly string[];
};
