// Predictions that wait for their label, and labels that came first, by id. Lives in the task's memory.
import type { Region } from '../state/region.ts'
import { KeyTable } from '../state/key-table.ts'
import type { StateMemory } from '../state/memory.ts'

/** What an id stands at. */
export const EARLY = 1 // a label without its prediction
export const WAITING = 2 // a prediction without its label
export const JOINED = 3 // both: kept until the prediction expires, for revisions and duplicates

const WORDS = 9

// Words of an id's record.
const STATUS = 0
const DUE = 1
const TIME = 2
const SCORE = 3
const LABEL = 4
const LABEL_TIME = 5
const TASK = 6
const COMMIT = 7
const ROW = 8

/** A view of one id's record, moved from slot to slot. */
export class WaitingRoom {
  readonly table: KeyTable
  readonly #records: Region
  #at = 0

  constructor(memory: StateMemory) {
    this.table = new KeyTable(memory, 'waiting', { extraWords: WORDS, ordered: false })
    this.#records = this.table.records
  }

  point(slot: number): this {
    this.#at = this.table.extraWord(slot)
    return this
  }

  get status(): number {
    return this.#get(STATUS)
  }
  set status(value: number) {
    this.#set(STATUS, value)
  }
  /** When its timer fires, ms; a timer that fires at another time is an old one. */
  get due(): number {
    return this.#get(DUE)
  }
  set due(value: number) {
    this.#set(DUE, value)
  }
  get time(): number {
    return this.#get(TIME)
  }
  set time(value: number) {
    this.#set(TIME, value)
  }
  get score(): number {
    return this.#get(SCORE)
  }
  set score(value: number) {
    this.#set(SCORE, value)
  }
  get label(): number {
    return this.#get(LABEL)
  }
  set label(value: number) {
    this.#set(LABEL, value)
  }
  get labelTime(): number {
    return this.#get(LABEL_TIME)
  }
  set labelTime(value: number) {
    this.#set(LABEL_TIME, value)
  }
  get task(): number {
    return this.#get(TASK)
  }
  set task(value: number) {
    this.#set(TASK, value)
  }
  get commit(): number {
    return this.#get(COMMIT)
  }
  set commit(value: number) {
    this.#set(COMMIT, value)
  }
  get row(): number {
    return this.#get(ROW)
  }
  set row(value: number) {
    this.#set(ROW, value)
  }

  #get(word: number): number {
    return this.#records.f64[this.#at + word]
  }

  #set(word: number, value: number): void {
    this.#records.setF64(this.#at + word, value)
  }
}
