// What came out of a run, as lines of text that can be compared: of the engine (observe.ts) and of the oracle (oracle.ts) alike.
// Nothing in it may depend on how rows were cut into commits.

/** Lines, one list a partition. */
export type Lines = readonly (readonly string[])[]

export interface Outcome {
  /** Topics of emit, when and of late events: `[key, time, value]` of each record. */
  readonly outputs: Readonly<Record<string, Lines>>
  /** `[stream, stage or '', origin, value]`, sorted: sources and stages share the topic's partitions. */
  readonly deadLetters: readonly string[]
  /** By model: `[source partition, source offset, time, id, features, outputs, outcome]` of each receipt. */
  readonly receipts: Readonly<Record<string, Lines>>
  /** By model: `[outcome, id, time, label, label time, score]`, null for what is not there. */
  readonly examples: Readonly<Record<string, Lines>>
  /** `<stage>.<count>`, added up over the tasks of a stage. */
  readonly counts: Readonly<Record<string, number>>
}

/** The first difference of two outcomes in words, or undefined. */
export function difference(expected: unknown, found: unknown, path = ''): string | undefined {
  if (Object.is(expected, found)) return undefined
  if (isTree(expected) && isTree(found)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(found)])
    for (const name of names) {
      const inside = difference(expected[name], found[name], path === '' ? name : `${path}.${name}`)
      if (inside !== undefined) return inside
    }
    return undefined
  }
  return `${path}: expected ${short(expected)}, found ${short(found)}`
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function short(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
