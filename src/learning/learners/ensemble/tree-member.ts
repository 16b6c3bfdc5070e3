// A tree of an ensemble, with what is known of how it does, and the tree that is to take its place.
import type { Prng } from '../../../base/prng.ts'
import { Adwin } from '../../drift/adwin.ts'
import type { StateReader, StateWriter } from '../../state-codec.ts'
import { HoeffdingCore } from '../tree/hoeffding-core.ts'
import type { TreeRules } from '../tree/tree-rules.ts'

export interface MemberRules {
  readonly tree: TreeRules
  /** Delta of the detector of drift; undefined for none. */
  readonly drift: number | undefined
  /** Delta of the detector that has a new tree grown in the background; undefined for none. */
  readonly warning: number | undefined
}

export class TreeMember {
  readonly #rules: MemberRules
  readonly #random: Prng
  tree: HoeffdingCore
  background: HoeffdingCore | undefined
  readonly drift: Adwin | undefined
  readonly warning: Adwin | undefined
  /** Rows predicted since the tree took its place, and how many of them it had right. */
  readonly record: Float64Array = new Float64Array(2)

  constructor(rules: MemberRules, random: Prng) {
    this.#rules = rules
    this.#random = random
    this.tree = new HoeffdingCore(rules.tree, random)
    this.drift =
      rules.drift === undefined ? undefined : new Adwin({ delta: rules.drift, keeps: true })
    this.warning =
      rules.warning === undefined ? undefined : new Adwin({ delta: rules.warning, keeps: true })
  }

  /** Share of the rows that it had right; 0 before the first. */
  get accuracy(): number {
    return this.record[0] === 0 ? 0 : this.record[1] / this.record[0]
  }

  judge(right: boolean): void {
    this.record[0]++
    if (right) this.record[1]++
  }

  grow(): void {
    this.background = new HoeffdingCore(this.#rules.tree, this.#random)
    this.warning?.reset()
  }

  /** The tree of the background takes its place, or a new one. */
  renew(): void {
    this.tree = this.background ?? new HoeffdingCore(this.#rules.tree, this.#random)
    this.background = undefined
    this.drift?.reset()
    this.warning?.reset()
    this.record.fill(0)
  }

  get memoryBytes(): number {
    const detectors = (this.drift?.memoryBytes ?? 0) + (this.warning?.memoryBytes ?? 0)
    return this.tree.memoryBytes + (this.background?.memoryBytes ?? 0) + detectors
  }

  write(writer: StateWriter): void {
    writer.array(this.record)
    this.tree.write(writer)
    writer.number(this.background === undefined ? 0 : 1)
    this.background?.write(writer)
    if (this.drift !== undefined) writer.array(this.drift.encode())
    if (this.warning !== undefined) writer.array(this.warning.encode())
  }

  /** A member of what `write` wrote. */
  static read(reader: StateReader, rules: MemberRules, random: Prng): TreeMember {
    // A new tree draws features, which the one that is read has drawn already.
    const scratch = new Int32Array(4)
    random.save(scratch)
    const member = new TreeMember(rules, random)
    random.load(scratch)
    reader.into(member.record)
    member.tree.read(reader)
    if (reader.number() === 1) {
      member.background = new HoeffdingCore(rules.tree, random)
      member.background.read(reader)
    }
    member.drift?.restore(reader.bytes())
    member.warning?.restore(reader.bytes())
    return member
  }
}
