// Which versions of models hang, and which of them are quarantined: what the control topic says of them. Pure.
import type { ControlEvent, ModelVersion } from '../control.ts'

export interface VersionState extends ModelVersion {
  readonly pipeline: string
  /** Calls that hung since it was last resumed. */
  readonly hangs: number
  /** When it was quarantined, ms; undefined where it is not. */
  readonly quarantinedAt: number | undefined
}

export class ModelStates {
  readonly #states = new Map<string, VersionState>()

  apply(event: ControlEvent): void {
    if (event.kind !== 'hang' && event.kind !== 'quarantine' && event.kind !== 'resume') return
    const { pipeline, model, digest, at } = event
    const before = this.of(pipeline, { model, digest })
    const after =
      event.kind === 'hang'
        ? { hangs: before.hangs + 1 }
        : event.kind === 'quarantine'
          ? { quarantinedAt: before.quarantinedAt ?? at }
          : { hangs: 0, quarantinedAt: undefined }
    this.#states.set(keyOf(pipeline, { model, digest }), { ...before, ...after })
  }

  of(pipeline: string, { model, digest }: ModelVersion): VersionState {
    return (
      this.#states.get(keyOf(pipeline, { model, digest })) ?? {
        pipeline,
        model,
        digest,
        hangs: 0,
        quarantinedAt: undefined,
      }
    )
  }

  /** Quarantined versions of a pipeline. */
  quarantined(pipeline: string): VersionState[] {
    return [...this.#states.values()].filter(
      (state) => state.pipeline === pipeline && state.quarantinedAt !== undefined,
    )
  }
}

function keyOf(pipeline: string, { model, digest }: ModelVersion): string {
  return JSON.stringify([pipeline, model, digest])
}
