// A drift of a number of a model, as it is written to the topic `<pipeline>.drifts`: JSON, a record each, with the model's name as the key.

export interface DriftEvent {
  readonly model: string
  /** What drifted: errors or losses of examples, predictions or a feature of rows. */
  readonly of: 'error' | 'loss' | 'prediction' | 'feature'
  /** The name of the feature. */
  readonly feature?: string
  readonly detector: string
  /** Beginning of the digest of the version that predicted; left out of a feature, which is watched whoever predicts, but where it is compared together with predictions. */
  readonly version?: string
  readonly direction: 'up' | 'down' | 'unknown'
  /** Event time of the row, or of the prediction, that gave the drift away, ISO. */
  readonly at: string
  /** Id of the prediction whose label gave it away: `millrace explain` takes it. */
  readonly id?: string
  /** The event that gave it away. */
  readonly source?: { readonly topic: string; readonly partition: number; readonly offset: number }
  /** Numbers, or rows of windows, seen until then, since the detector began; they begin anew with a version. */
  readonly seen: number
  /**
   * Mean of the older numbers: of ADWIN and KSWIN those that the detector compared, of others all since the drift before but the
   * newest; undefined where there are none.
   */
  readonly before?: number
  /** Mean of the newer ones that the detector compared, or of the newest, at most 64. */
  readonly after: number
  /** The detector gives at most one false alarm in so many numbers; undefined where its settings say nothing. */
  readonly rowsBetweenFalseAlarms?: number
  /** Of a comparison of windows: the window that drifted, whose end is `at`; `before` and `after` are means of the reference and of it. */
  readonly window?: DriftPart
  /** What it was compared with; rows that were given have no times. */
  readonly reference?: Partial<DriftPart> & Pick<DriftPart, 'rows'>
  /** How far apart the two are, in the unit of the test; left out where that is without bound. */
  readonly effect?: number
  /** Chance of at least that without a change, adjusted for how many numbers were compared. */
  readonly chance?: number
}

/** Rows from one event time to another, ISO, the end not included. */
export interface DriftPart {
  readonly rows: number
  readonly from: string
  readonly to: string
}
