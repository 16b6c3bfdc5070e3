// What a model says of the data it was trained on: `millrace dataset` writes it into a training set, a training script into the model.

export interface TrainingData {
  /** What names the training set: SHA-256, hex. */
  readonly digest: string
  readonly as?: 'served' | 'ideal'
  /** Source offsets of its rows, first and last included; empty where the model says none. */
  readonly ranges: readonly {
    readonly topic: string
    readonly partition: number
    readonly first: number
    readonly last: number
  }[]
}
