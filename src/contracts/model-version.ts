// A version of a model is the SHA-256 of its bytes. Where a row must say who gave its score, it says it in one double.

/** In the place of a version: the stated fallback gave the score, so it says nothing about any model. */
export const FALLBACK_VERSION = 0

/** Digits of the digest that make the number: 48 bits, which a double holds. */
const DIGITS = 12

/** The number of a version. @param digest SHA-256 in hex. */
export function versionNumber(digest: string): number {
  return parseInt(digest.slice(0, DIGITS), 16)
}

/** The beginning of the version's digest, or `fallback`. */
export function versionText(version: number): string {
  return version === FALLBACK_VERSION ? 'fallback' : version.toString(16).padStart(DIGITS, '0')
}
