// What learners of one tree share: the tree, and its bytes.
import type { Prng } from '../../../base/prng.ts'
import { StateReader, StateWriter } from '../../state-codec.ts'
import { RowLearner, type LearnerInfo } from '../row-learner.ts'

/** A tree that grows. */
export interface GrowingTree {
  /** Leaves included. */
  readonly nodes: number
  readonly memoryBytes: number
  learn(x: Float64Array, label: number, weight: number): void
  write(writer: StateWriter): void
  /** Takes what `write` wrote. */
  read(reader: StateReader): void
}

const PRNG_WORDS = 4

export abstract class TreeLearner<Tree extends GrowingTree> extends RowLearner {
  protected tree: Tree
  readonly #make: () => Tree
  readonly #random: Prng | undefined

  /**
   * @param make a tree of one leaf.
   * @param random what the tree draws from, where it does: it is part of the state.
   */
  constructor(info: LearnerInfo, make: () => Tree, random?: Prng) {
    super(info)
    this.#make = make
    this.#random = random
    this.tree = make()
  }

  /** Nodes, leaves and alternates included. */
  get nodes(): number {
    return this.tree.nodes
  }

  protected learnRow(label: number): void {
    this.tree.learn(this.x, label, 1)
  }

  override encode(): Uint8Array {
    const writer = new StateWriter(this.header)
    if (this.#random !== undefined) {
      const words = new Int32Array(PRNG_WORDS)
      this.#random.save(words)
      writer.array(words)
    }
    this.tree.write(writer)
    return writer.finish()
  }

  override restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes, this.header)
    const words = this.#random === undefined ? undefined : reader.ints(PRNG_WORDS)
    const tree = this.#make()
    tree.read(reader)
    reader.end()
    if (words !== undefined) this.#random?.load(words)
    this.tree = tree
  }

  override get memoryBytes(): number {
    return this.tree.memoryBytes
  }
}
