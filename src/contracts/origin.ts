// What a plan was made from beside its definition's own words: part of its digest, and what tells two plans of one name apart.

/** Parts by name, each with what it was: equal wherever and whenever the same things are there. */
export interface Origin {
  /** SHA-256, hex, of the definition's file and of all files it imports by relative path; by path from the definition's folder. */
  readonly files: Readonly<Record<string, string>>
  /** Versions of the packages that those files import. */
  readonly packages: Readonly<Record<string, string>>
  /** Versions of what runs it: Millrace, Node, the runtimes of its models. */
  readonly versions: Readonly<Record<string, string>>
}

export const NO_ORIGIN: Origin = { files: {}, packages: {}, versions: {} }
