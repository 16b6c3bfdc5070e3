// The public names, one a line, with what each is: a name that comes or goes is seen in a review.
import type { PublicName } from './public-names.ts'

export function listOfNames(names: readonly PublicName[]): string {
  return names.map(({ entry, kind, name }) => `${entry} ${kind} ${name}\n`).join('')
}
