// Names a topic of the log, wherever that lies: one URL given at start says so, never the definition.
import { DefinitionError } from '../base/errors.ts'
import { checkOptions, found, part, refuse } from './check.ts'

/** A topic of the log, by its name, as `topic(name)` makes it. */
export interface Topic {
  /** That it is a topic. */
  readonly kind: 'topic'
  /** Its name in the log, wherever that is. */
  readonly name: string
  /** Records have the stream's encoded key and lie in the partition it hashes to: checked, record by record. */
  readonly partitionedByKey: boolean
}

/** What `topic(name, options)` takes. */
export interface TopicOptions {
  /**
   * `'key'` spares re-keying a source whose producer already partitions by the stream's key: the tasks of the first stage read it themselves,
   * where there are as many of them as partitions, and that stage looks nothing up. Default: re-keyed.
   */
  readonly partitionedBy?: 'key'
}

const TOPIC = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/

/**
 * A topic by its name: 1 to 200 letters, digits, `.`, `_` and `-`.
 * @example topic('payments', { partitionedBy: 'key' })
 * @throws DefinitionError when it is no such name.
 */
export function topic(name: string, options: TopicOptions = {}): Topic {
  if (typeof name !== 'string' || !TOPIC.test(name)) {
    throw new DefinitionError(
      `the name of a topic must be 1 to 200 letters, digits, '.', '_' and '-', beginning with a letter or digit; ` +
        `found ${found(name)}; write topic('payments')`,
    )
  }
  const own = part('topic', name)
  checkOptions(own, options, ['partitionedBy'])
  const by: unknown = options.partitionedBy
  if (by !== undefined && by !== 'key') {
    refuse(
      own,
      `partitionedBy must be 'key'; found ${found(by)}; leave it out to have the records re-keyed`,
    )
  }
  return Object.freeze({ kind: 'topic', name, partitionedByKey: by === 'key' })
}

/** Checks that it was made by `topic`. */
export function isTopic(value: unknown): value is Topic {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'topic'
}
