// Events as they are read from bytes.
import type { PlantedBug } from './bug.ts'

export const decodeBugs: readonly PlantedBug[] = [
  {
    name: 'key-twice-first-counts',
    does: 'Takes the first value of a key that an event has twice, where JSON takes the last.',
    file: 'src/schema/native-scanner.ts',
    text: `        if (object.seen[index] === this.#scans) return NOT_SURE
`,
    becomes: ``,
    foundBy: [{ test: 'test/schema/native-decoder.test.ts' }],
  },
  {
    name: 'escaped-key-passed-over',
    does: 'Passes over a key that is written with escapes, though it may be a known one.',
    file: 'src/schema/native-scanner.ts',
    text: `if (at === NOT_SURE || reader.escaped) return NOT_SURE`,
    becomes: `if (at === NOT_SURE) return NOT_SURE`,
    foundBy: [{ test: 'test/schema/native-decoder.test.ts' }],
  },
  {
    name: 'bytes-behind-the-event',
    does: 'Takes an event with something behind it.',
    file: 'src/schema/native-scanner.ts',
    text: `return at !== NOT_SURE && reader.spaces(at) === end`,
    becomes: `return at !== NOT_SURE`,
    foundBy: [{ test: 'test/schema/native-decoder.test.ts' }],
  },
  {
    name: 'missing-field-taken',
    does: 'Takes an event that has not a field it must have.',
    file: 'src/schema/native-scanner.ts',
    text: `if (builder !== undefined && !builder.missing(this.#row)) return false`,
    becomes: `if (builder !== undefined) builder.missing(this.#row)`,
    foundBy: [{ test: 'test/schema/native-decoder.test.ts' }],
  },
  {
    name: 'null-taken-for-missing',
    does: 'Reads a field that is null as one that is not there.',
    file: 'src/schema/native-scanner.ts',
    text: `      this.#allGone(object, NULL)
      return at + 4`,
    becomes: `      this.#allGone(object, ABSENT)
      return at + 4`,
    foundBy: [{ test: 'test/schema/native-decoder.test.ts' }],
  },
]
