// Scores of how far a row lies from the mean, in deviations: what the scorers by moments share.
import { checkSetting } from '../../settings.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner } from '../row-learner.ts'
import { Moments } from './moments.ts'

export interface MomentsOptions {
  readonly features: number
  /** Rows they are taken from, the newest. Default 0: all. */
  readonly window?: number
}

/** The score of a row is that of its most unusual feature; what is missing is usual. */
export abstract class MomentsLearner extends RowLearner {
  protected readonly moments: Moments

  constructor(
    kind: string,
    { features, window = 0 }: MomentsOptions,
    settings: Readonly<Record<string, unknown>>,
  ) {
    checkSetting(kind, 'features', features, { atLeast: 1, whole: true })
    checkSetting(kind, 'window', window, { atLeast: 0, atMost: 1e6, whole: true })
    super({
      kind,
      task: 'none',
      version: 1,
      features,
      outputs: 1,
      settings: { window, ...settings },
    })
    this.moments = new Moments(features, window)
  }

  /** The score of a value of a feature. */
  protected abstract score(feature: number, value: number): number

  protected predictRow(out: Float64Array, at: number): void {
    const { x } = this
    let most = 0
    for (let i = 0; i < x.length; i++) {
      if (x[i] !== x[i]) continue
      const score = this.score(i, x[i])
      if (score > most) most = score
    }
    out[at] = most
  }

  protected learnRow(): void {
    this.moments.add(this.x)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    this.moments.encode(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const take = this.moments.read(reader)
    reader.end()
    take()
  }

  override get memoryBytes(): number {
    return this.moments.memoryBytes
  }
}
