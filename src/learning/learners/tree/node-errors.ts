// What an adaptive tree knows of the errors of each node: their moments since they last changed, a detector, and the alternate tree that
// is to take its place.
import { DRIFT } from '../../../contracts/detector.ts'
import { Adwin } from '../../drift/adwin.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { grown } from './grown.ts'
import { addValue, COUNT, MEAN, MOMENTS } from './moments.ts'
import { LEFT, RIGHT, SHAPE } from './node-shape.ts'

export const NO_ALTERNATE = -1
/** Above the root. */
export const NO_NODE = -1

/** The nodes of the tree whose errors these are. */
export interface Nodes {
  root: number
  readonly shape: Int32Array
  freeTree(node: number, each: (node: number) => void): void
}

/** Bytes that a node takes here. */
export const NODE_ERROR_BYTES: number = 8 * MOMENTS + 4 + new Adwin().memoryBytes

/** What became of the errors of a node. */
export const STEADY = 0
export const WORSE = 1

export class NodeErrors {
  moments: Float64Array<ArrayBuffer> = new Float64Array(4 * MOMENTS)
  alternates: Int32Array<ArrayBuffer> = new Int32Array(4).fill(NO_ALTERNATE)
  readonly #delta: number
  #detectors: (Adwin | undefined)[] = []

  /** `delta`: of the detectors. */
  constructor(delta: number) {
    this.#delta = delta
  }

  get bytes(): number {
    return this.#detectors.length * NODE_ERROR_BYTES
  }

  get hasAlternates(): boolean {
    return this.alternates.subarray(0, this.#detectors.length).some((each) => each >= 0)
  }

  /** A node begins, or begins anew. */
  begin(node: number): void {
    this.moments = grown(this.moments, (node + 1) * MOMENTS)
    this.alternates = grown(this.alternates, node + 1)
    while (this.#detectors.length <= node) this.#detectors.push(undefined)
    this.moments.fill(0, node * MOMENTS, (node + 1) * MOMENTS)
    this.alternates[node] = NO_ALTERNATE
    this.#detectors[node] = new Adwin({ delta: this.#delta })
  }

  end(node: number): void {
    this.moments.fill(0, node * MOMENTS, (node + 1) * MOMENTS)
    this.alternates[node] = NO_ALTERNATE
    this.#detectors[node] = undefined
  }

  countOf(node: number): number {
    return this.moments[node * MOMENTS + COUNT]
  }

  meanOf(node: number): number {
    return this.moments[node * MOMENTS + MEAN]
  }

  /** Forgets the errors so far, not what the detector knows. */
  forget(node: number): void {
    this.moments.fill(0, node * MOMENTS, (node + 1) * MOMENTS)
  }

  /** Takes the error of a row. Errors that have become fewer are forgotten. */
  update(node: number, error: number): typeof STEADY | typeof WORSE {
    const before = this.meanOf(node)
    const changed = this.#detectors[node]?.update(error) === DRIFT
    addValue(this.moments, node * MOMENTS, error, 1)
    if (!changed) return STEADY
    if (!(before > this.meanOf(node))) return WORSE
    this.forget(node)
    return STEADY
  }

  dropAlternate(nodes: Nodes, node: number): void {
    const alternate = this.alternates[node]
    this.alternates[node] = NO_ALTERNATE
    if (alternate !== NO_ALTERNATE) this.#free(nodes, alternate)
  }

  /** The alternate takes the place of the branch, which goes. */
  replace(nodes: Nodes, node: number, parent: number): void {
    const { shape } = nodes
    const alternate = this.alternates[node]
    this.alternates[node] = NO_ALTERNATE
    if (parent === NO_NODE) nodes.root = alternate
    else {
      const side = shape[parent * SHAPE + LEFT] === node ? LEFT : RIGHT
      shape[parent * SHAPE + side] = alternate
    }
    this.#free(nodes, node)
  }

  #free(nodes: Nodes, node: number): void {
    nodes.freeTree(node, (each) => {
      this.dropAlternate(nodes, each)
      this.end(each)
    })
  }

  write(writer: StateWriter): void {
    const { length } = this.#detectors
    writer.number(length)
    writer.array(this.moments.subarray(0, length * MOMENTS))
    writer.array(this.alternates.subarray(0, length))
    for (const detector of this.#detectors) {
      writer.array(detector === undefined ? new Uint8Array(0) : detector.encode())
    }
  }

  /** Takes what `write` wrote. */
  read(reader: StateReader): void {
    const length = reader.number()
    this.moments = reader.doubles(length * MOMENTS)
    this.alternates = reader.ints(length)
    this.#detectors = []
    for (let node = 0; node < length; node++) {
      const bytes = reader.bytes()
      const detector = bytes.length === 0 ? undefined : new Adwin({ delta: this.#delta })
      detector?.restore(bytes)
      this.#detectors.push(detector)
    }
  }
}
