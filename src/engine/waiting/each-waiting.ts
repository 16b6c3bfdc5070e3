// All rows that wait, for audits and tests: those in memory and those in runs. Never part of a task's work.
import type { Log } from '../../contracts/log.ts'
import type { StateMemory } from '../state/memory.ts'
import { NewestRows } from './newest-rows.ts'
import { JOINED, WaitingRow } from './row.ts'
import { RunDirectory } from './run-directory.ts'
import { Page } from './run-format.ts'
import { RunReader } from './run-reader.ts'
import { ROOM, firedOf } from './waiting-room.ts'

/** Calls `each` with every row, in no order that means anything. The row is the same object each time. */
export async function eachWaiting(
  memory: StateMemory,
  place: { readonly log: Log; readonly topic: string; readonly partition: number },
  each: (row: WaitingRow) => void,
): Promise<void> {
  const newest = new NewestRows(memory, ROOM, 0)
  const directory = new RunDirectory(memory, ROOM)
  const reader = new RunReader(place.log, place)
  const fired = firedOf(memory)
  const row = new WaitingRow()
  for (const slot of newest.slots()) {
    newest.read(slot, row)
    each(row)
  }
  const slots = directory.slots()
  const behind = slots.some((slot) => directory.offset(slot) < 0)
  const offsets = behind ? await reader.indexesFrom(directory.end) : new Map<number, number>()
  for (const slot of slots) {
    const number = directory.number(slot)
    const known = directory.offset(slot)
    const pages = await reader.pages(
      known < 0 ? (offsets.get(number) ?? 0) : known,
      directory.pages(slot),
    )
    let at = 0
    pages.forEach((record, index) => {
      const page = new Page(number, index, record)
      for (let i = 0; i < page.rows; i++, at++) {
        if (directory.isGone(slot, at)) continue
        page.read(i, row)
        // A joined row in a run expires without being touched.
        if (row.status !== JOINED || row.due >= fired) each(row)
      }
    })
  }
}
