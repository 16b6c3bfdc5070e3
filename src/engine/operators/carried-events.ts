// The events of a batch of rows, from the columns they travel in.
import type { Column } from '../../contracts/columns.ts'
import { StateError } from '../../base/errors.ts'
import type { Events } from '../../schema/evaluate.ts'
import {
  emptyBatch,
  type DecodedBatch,
  type Decoder,
  type EventSchema,
} from '../../schema/event-schema.ts'
import { FIRST } from '../exchange/layout.ts'

const NO_BYTES = new Uint8Array(0)

export class CarriedEvents {
  /** Columns an event travels in. */
  readonly width: number
  readonly #decoder: Decoder | undefined
  readonly #batch: DecodedBatch = emptyBatch()

  /** @param width columns of the event that are carried: an event read by its schema's own validate has one or none. */
  constructor(schema: EventSchema, width: number) {
    this.width = width
    this.#decoder = schema.mode === 'native' || width === 0 ? undefined : schema.decoder()
  }

  /** @param columns of the rows, the row's own first. */
  of(columns: readonly Column[], rows: number): Events {
    const own = columns.slice(FIRST, FIRST + this.width)
    if (this.#decoder === undefined) return { rows, columns: own, objects: undefined }
    const raw = own[0]
    if (raw.kind !== 'json')
      throw new StateError(
        'ML_INTERNAL',
        'an event that is read by its schema must travel as its bytes',
      )
    const noEnds = new Uint32Array(rows + 1)
    this.#decoder.decode(
      {
        count: rows,
        times: new Float64Array(rows),
        keyEnds: noEnds,
        keys: NO_BYTES,
        valueEnds: raw.ends,
        values: raw.bytes,
        headerEnds: noEnds,
        headers: NO_BYTES,
      },
      this.#batch,
    )
    if (this.#batch.bad.length > 0) {
      throw new StateError(
        'ML_STATE',
        'an event passed its schema at the source and not in a later stage: the schema gives different answers for the same bytes; make it pure',
      )
    }
    return { rows, columns: own, objects: this.#batch.objects }
  }
}
