// Which runs there are, in the task's memory: what a commit must say of them. What a run holds lies in the log.
// A row that left its run, because it changed or expired, is one bit.
import { BLOCK_CLASSES, Blocks } from '../state/blocks.ts'
import type { StateMemory } from '../state/memory.ts'
import type { Region } from '../state/region.ts'

/** Words of the head region. */
const SLOTS = 0
const NEXT_NUMBER = 1 // one less than the number of the next run
/** Offset behind the last run that is known to be in the log. */
const END = 2

/** Words of a run. */
const NUMBER = 0 // 0: the slot is free
const LIVE = 1
const ARMED = 2
const FIRST_DUE = 3
const LAST_DUE = 4
const OFFSET = 5 // 1 + offset; 0: not known
const MARKS = 6
const PAGES = 7
const WORDS = 8

export interface SealedRun {
  readonly rows: number
  readonly pages: number
  /** Rows that give an outcome when they expire: predictions and labels that are alone. */
  readonly armed: number
  /** Least due time of these, ms; Infinity without any. */
  readonly firstDue: number
  /** Greatest due time of all rows, ms. */
  readonly lastDue: number
}

/** A slot holds a run until it is dropped. */
export class RunDirectory {
  readonly #head: Region
  readonly #runs: Region
  readonly #marks: Blocks

  constructor(memory: StateMemory, name: string) {
    this.#head = memory.region(`${name}/runs/head`, 24)
    this.#runs = memory.region(`${name}/runs/list`, WORDS * 8 * 4)
    this.#marks = new Blocks(memory, `${name}/runs/marks`, 2)
  }

  /** Slots of all runs, oldest first. */
  slots(): number[] {
    const slots: number[] = []
    for (let slot = 0; slot < this.#head.f64[SLOTS]; slot++)
      if (this.number(slot) !== 0) slots.push(slot)
    return slots.sort((a, b) => this.number(a) - this.number(b))
  }

  /** Number of the run that is added next. */
  get nextNumber(): number {
    return this.#head.f64[NEXT_NUMBER] + 1
  }

  /** @returns its slot. */
  add(run: SealedRun): number {
    let slot = 0
    while (slot < this.#head.f64[SLOTS] && this.number(slot) !== 0) slot++
    if (slot === this.#head.f64[SLOTS]) this.#head.setF64(SLOTS, slot + 1)
    this.#runs.grow((slot + 1) * WORDS * 8)
    const number = this.nextNumber
    this.#head.setF64(NEXT_NUMBER, number)
    const cls = this.#marks.classFor(run.rows / 64)
    const block = this.#marks.take(cls)
    const words = this.#marks.words(cls)
    this.#marks.region(cls).f64.fill(0, block * words, (block + 1) * words)
    this.#marks.region(cls).touchWords(block * words, words)
    const { rows, pages, armed, firstDue, lastDue } = run
    const marks = block * BLOCK_CLASSES + cls
    const values = [number, rows, armed, firstDue, lastDue, 0, marks, pages]
    values.forEach((value, word) => this.#set(slot, word, value))
    return slot
  }

  drop(slot: number): void {
    const marks = this.#get(slot, MARKS)
    this.#marks.release(marks % BLOCK_CLASSES, Math.floor(marks / BLOCK_CLASSES))
    for (let word = 0; word < WORDS; word++) this.#set(slot, word, 0)
  }

  /** 1 for the first run of a task, then one more each. */
  number(slot: number): number {
    return this.#get(slot, NUMBER)
  }

  pages(slot: number): number {
    return this.#get(slot, PAGES)
  }

  /** Rows that are still there. */
  live(slot: number): number {
    return this.#get(slot, LIVE)
  }

  /** Rows that are still there and give an outcome when they expire. */
  armed(slot: number): number {
    return this.#get(slot, ARMED)
  }

  firstDue(slot: number): number {
    return this.#get(slot, FIRST_DUE)
  }

  lastDue(slot: number): number {
    return this.#get(slot, LAST_DUE)
  }

  /** Offset of its index; its pages follow. -1 until it is known: the run lies behind `end` then. */
  offset(slot: number): number {
    return this.#get(slot, OFFSET) - 1
  }

  get end(): number {
    return this.#head.f64[END]
  }

  /** Notes where a run lies. Runs land in the order of their numbers. */
  landed(number: number, offset: number, end: number): void {
    this.#head.setF64(END, end)
    const slot = this.slots().find((each) => this.number(each) === number)
    if (slot !== undefined) this.#set(slot, OFFSET, offset + 1)
  }

  isGone(slot: number, row: number): boolean {
    const marks = this.#get(slot, MARKS)
    const cls = marks % BLOCK_CLASSES
    return (this.#marks.region(cls).i32[this.#markAt(marks, row)] & (1 << (row & 31))) !== 0
  }

  /** Takes a row out of its run. */
  markGone(slot: number, row: number, armed: boolean): void {
    const marks = this.#get(slot, MARKS)
    const cls = marks % BLOCK_CLASSES
    const at = this.#markAt(marks, row)
    const region = this.#marks.region(cls)
    region.setI32(at, region.i32[at] | (1 << (row & 31)))
    this.#set(slot, LIVE, this.live(slot) - 1)
    if (armed) this.#set(slot, ARMED, this.armed(slot) - 1)
  }

  /** Place of i32 in the region of its class. */
  #markAt(marks: number, row: number): number {
    const words = this.#marks.words(marks % BLOCK_CLASSES)
    return Math.floor(marks / BLOCK_CLASSES) * words * 2 + (row >>> 5)
  }

  #get(slot: number, word: number): number {
    return this.#runs.f64[slot * WORDS + word]
  }

  #set(slot: number, word: number, value: number): void {
    this.#runs.setF64(slot * WORDS + word, value)
  }
}
