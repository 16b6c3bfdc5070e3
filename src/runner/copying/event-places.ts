// Where an event from outside belongs: the key that decides its partition, and its time.
import { DefinitionError } from '../../base/errors.ts'
import { countText } from '../../base/figures.ts'
import type { Selector } from '../../contracts/selector.ts'
import type { StreamPlan } from '../../pipeline/plan.ts'
import { keyText } from '../../schema/event-keys.ts'
import { toTime } from '../../schema/event-time.ts'
import { fieldOf, fieldsOf, parse, type FieldNames } from '../event-fields.ts'

export interface Place {
  readonly time: number
  readonly key?: string
}

export interface EventPlaces {
  /** Events without key or time: they are bad, and written for the pipeline to set them aside with its reason. */
  readonly missing: number
  told(): string
  /**
   * @param at where it stands, as an error says it.
   * @param first nothing stood before it, in earlier runs either.
   */
  of(value: Uint8Array, at: string, first: boolean): Place
}

/** The key and time that a stream's own functions give. */
export class StreamPlaces implements EventPlaces {
  readonly #stream: Pick<StreamPlan, 'key' | 'time'>
  #first: string | undefined
  #missing = 0

  constructor(stream: Pick<StreamPlan, 'key' | 'time'>) {
    this.#stream = stream
  }

  get missing(): number {
    return this.#missing
  }

  told(): string {
    return `without key or time: ${countText(this.#missing)}; the first: ${this.#first}`
  }

  of(value: Uint8Array, at: string): Place {
    const event = parse(value)
    const time = toTime(given(this.#stream.time, event))
    const key = keyText(given(this.#stream.key, event))
    if (Number.isNaN(time) || 'reason' in key) {
      this.#first ??= at
      this.#missing++
      return { time: Date.now() }
    }
    return { time, key: key.text }
  }
}

/** What a function of the definition says of an event that no schema has looked at yet; undefined where it throws. */
function given(select: Selector, event: unknown): unknown {
  if (select.path !== undefined)
    return select.path.reduce<unknown>((of, name) => fieldOf(of, name), event)
  try {
    return select.call(event)
  } catch {
    return undefined
  }
}

/**
 * Key and time of events, from the fields that were named. A first event without them means that the names are wrong.
 * A later one is a bad event: it is written without, for the pipeline to set it aside with its reason.
 */
export class NamedFields implements EventPlaces {
  readonly #names: FieldNames
  #first: string | undefined
  #missing = 0

  constructor({ key, time }: FieldNames) {
    this.#names = { key, time }
  }

  get missing(): number {
    return this.#missing
  }

  told(): string {
    return `without key or time: ${countText(this.#missing)}; the first: ${this.#first}`
  }

  /** @throws DefinitionError ML_USAGE */
  of(value: Uint8Array, at: string, first: boolean): Place {
    const fields = fieldsOf(value, this.#names, Date.now())
    if ('found' in fields) return this.#without(`${at} has ${fields.found}`, first)
    const { time, key } = fields
    return { time, ...(key === undefined ? {} : { key }) }
  }

  #without(found: string, first: boolean): Place {
    if (first) {
      throw new DefinitionError(
        `the fields that --key and --time name must be in the events; found that ${found}; name other fields, or leave the flags out to write lines as they are`,
        { code: 'ML_USAGE' },
      )
    }
    this.#first ??= found
    this.#missing++
    return { time: Date.now() }
  }
}
