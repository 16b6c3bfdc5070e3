// Letters with the bytes of their events. One whose stream redacts fields does not hold them: they are taken from where the event lies.
import type { Log } from '../../contracts/log.ts'
import { originRecords } from '../../engine/operators/origin-records.ts'
import type { Letter } from './letters.ts'

/** Those whose event is no longer kept are gone. */
export async function asTheyCame(log: Log, letters: readonly Letter[]): Promise<Letter[]> {
  const offsets = new Map<string, number[]>()
  for (const { origin, redacted } of letters) {
    if (!redacted) continue
    const { place, offset } = placeOf(origin)
    const known = offsets.get(place) ?? []
    offsets.set(place, known)
    known.push(offset)
  }
  const found = new Map<string, Awaited<ReturnType<typeof originRecords>>>()
  for (const [place, own] of offsets) {
    const [topic, partition] = place.split('/')
    const ascending = own.toSorted((a, b) => a - b)
    found.set(place, await originRecords(log, { topic, partition: Number(partition) }, ascending))
  }
  return letters.map((letter) => {
    if (!letter.redacted) return letter
    const { place, offset } = placeOf(letter.origin)
    const record = found.get(place)?.get(offset)
    return record === undefined ? { ...letter, gone: true } : { ...letter, ...record }
  })
}

function placeOf(origin: string): { place: string; offset: number } {
  const at = origin.lastIndexOf('/')
  return { place: origin.slice(0, at), offset: Number(origin.slice(at + 1)) }
}
