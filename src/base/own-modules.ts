// Where Millrace's own modules lie: sources in a clone, what was built of them in a package. The one module that asks for its own place.

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** The folder they are all in, with a slash at its end. */
export const OWN_FOLDER: URL = new URL('../', import.meta.url)

/** The description of the package they belong to. */
export const OWN_PACKAGE: URL = new URL('../package.json', OWN_FOLDER)

/**
 * A module that is started or loaded by its name. The build must know it as an entry (scripts/build/entries.ts).
 * @param path below the folder, without its extension, as in 'runner/worker'.
 */
export function ownModule(path: string): URL {
  return new URL(`${path}.${EXTENSION}`, OWN_FOLDER)
}
