// What was asked of a log and what it had acknowledged, by the number of events of the disk that had happened; and whether an opened log agrees.
import { MillraceError } from '../../../src/base/errors.ts'
import { recordText } from '../../../src/base/records.ts'
import type { Log } from '../../../src/contracts/log.ts'
import { texts } from '../embedded/fixture.ts'

/** An append to some partitions at once; values differ from those of all others. */
export interface Call {
  readonly puts: readonly { readonly place: string; readonly values: readonly string[] }[]
  /** What the clock said, ms. */
  readonly time: number
  /** Not there before so many events. */
  readonly sentAt: number
  /** There for certain behind so many events. */
  ackedAt: number
}

/** `topic/partition`. */
export type Starts = ReadonlyMap<string, number>

export interface Facts {
  /** Topics and their partitions, and since when they are there for certain. */
  readonly topics: {
    readonly name: string
    readonly partitions: number
    readonly ackedAt: number
  }[]
  /** In the order in which they take effect. */
  calls: Call[]
  readonly writers: { readonly id: string; readonly epoch: number; readonly ackedAt: number }[]
  /** How far a partition may have been let go of from that event on: by trims, or by retention. */
  readonly starts: { readonly place: string; readonly start: number; readonly at: number }[]
}

/** What an opened log holds: texts by `topic/partition`, and the first offset of each. */
export interface Found {
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly starts: Starts
}

/** Begins anew where retention let go of something meanwhile. */
export async function readAll(log: Log): Promise<Found> {
  for (;;) {
    try {
      return await readOnce(log)
    } catch (error) {
      if (!(error instanceof MillraceError && error.code === 'ML_OFFSET_GONE')) throw error
    }
  }
}

async function readOnce(log: Log): Promise<Found> {
  const values = new Map<string, string[]>()
  const starts = new Map<string, number>()
  for (const { name, parts } of await log.topics()) {
    for (const [partition, { start, end }] of parts.entries()) {
      const found: string[] = []
      for (let offset = start; offset < end;) {
        const { runs, next } = await log.read([{ topic: name, partition, offset }], {
          maxBytes: 1 << 20,
          maxWaitMs: 0,
        })
        for (const { records } of runs)
          for (let i = 0; i < records.count; i++) found.push(recordText(records, i, 'value'))
        if (next[0].offset === offset) break
        offset = next[0].offset
      }
      if (found.length !== end - start)
        throw new Error(
          `${name}/${partition} says it has ${end - start}, and gives ${found.length}`,
        )
      values.set(`${name}/${partition}`, found)
      starts.set(`${name}/${partition}`, start)
    }
  }
  return { values, starts }
}

/**
 * Holds what a log holds, reopened as of event `at`, against what it had been asked and had said by then: appends are whole, in order, and none that
 * was acknowledged is missing. @returns how many of the calls are there. @throws Error that says what differs.
 */
export function compare(facts: Facts, found: Found, at: number): number {
  for (const { name, partitions, ackedAt } of facts.topics)
    for (let i = 0; i < partitions; i++)
      if (ackedAt <= at && !found.values.has(`${name}/${i}`))
        throw new Error(`topic ${name} was acknowledged, and is lost`)
  const ends = new Map(
    [...found.values].map(([place, values]) => [
      place,
      (found.starts.get(place) ?? 0) + values.length,
    ]),
  )
  const total = [...ends.values()].reduce((sum, end) => sum + end, 0)
  const whole = new Map<string, string[]>([...found.values.keys()].map((place) => [place, []]))
  let there = 0
  let records = 0
  for (const { puts } of facts.calls) {
    if (records >= total) break
    for (const { place, values } of puts) whole.get(place)?.push(...values)
    records += puts.reduce((sum, { values }) => sum + values.length, 0)
    there++
  }
  for (const [place, expected] of whole) {
    const start = found.starts.get(place) ?? 0
    const values = found.values.get(place) ?? []
    if (ends.get(place) !== expected.length)
      throw new Error(
        `${place} ends at ${ends.get(place)}; whole appends end at ${expected.length}`,
      )
    const wrong = values.findIndex((value, i) => value !== expected[start + i])
    if (wrong !== -1)
      throw new Error(
        `${place} has at ${start + wrong} ${values[wrong]}, and should have ${expected[start + wrong]}`,
      )
    const most = Math.max(
      0,
      ...facts.starts
        .filter((each) => each.place === place && each.at <= at)
        .map((each) => each.start),
    )
    if (start > most)
      throw new Error(`${place} begins at ${start}; nobody let go of more than ${most}`)
  }
  const lost = facts.calls.findIndex(({ ackedAt }, i) => i >= there && ackedAt <= at)
  if (lost !== -1)
    throw new Error(`append ${lost} was acknowledged, and is lost: ${there} are there`)
  const early = facts.calls.findIndex(({ sentAt }, i) => i < there && sentAt > at)
  if (early !== -1) throw new Error(`append ${early} is there before it was made`)
  return there
}

/** Goes on with a log as its next owner does: writers are newer than those that were acknowledged, and what they append is there behind what was. */
export async function goOn(log: Log, facts: Facts, at: number): Promise<void> {
  for (const { id, epoch, ackedAt } of facts.writers) {
    if (ackedAt > at) continue
    const writer = await log.openWriter(id)
    if (writer.epoch <= epoch)
      throw new Error(`writer ${id} had epoch ${epoch}, and is opened as ${writer.epoch}`)
  }
  const [topic] = await log.topics()
  if (topic === undefined) return
  const writer = await log.openWriter('next')
  const [offset] = await writer.append([
    { topic: topic.name, partition: 0, records: texts(['next']) },
  ])
  const { runs } = await log.read([{ topic: topic.name, partition: 0, offset }], {
    maxBytes: 1000,
    maxWaitMs: 0,
  })
  if (
    offset !== topic.parts[0].end ||
    runs.length !== 1 ||
    recordText(runs[0].records, 0, 'value') !== 'next'
  )
    throw new Error(`what is appended to ${topic.name}/0 at ${offset} cannot be read there`)
}
