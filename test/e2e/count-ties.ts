// Counts rows whose order among others of their key rests on nothing but the partition they came from.
import { openLog } from '../../src/log/open-log.ts'
import { linesOf } from './read-outputs.ts'

const TOPICS = { departures: ['origin'], landings: ['destination', 'origin'] } as const

/** Rows of equal time and equal key, of one topic, that lie in different partitions. */
export async function countTies(folder: string): Promise<number> {
  const { log } = await openLog(folder)
  try {
    let rows = 0
    for (const [topic, keys] of Object.entries(TOPICS)) {
      const lines = await linesOf(log, topic)
      const tied = keys.flatMap((key) => tiedLines(lines, key))
      rows += new Set(tied).size
    }
    return rows
  } finally {
    await log.close()
  }
}

function tiedLines(lines: readonly string[], key: string): string[] {
  const groups = new Map<string, string[]>()
  for (const line of lines) {
    const start = line.indexOf('{')
    // What has no value is progress.
    if (start < 0) continue
    const event = JSON.parse(line.slice(start)) as Record<string, string>
    const group = `${event.at} ${event[key]}`
    groups.set(group, [...(groups.get(group) ?? []), line])
  }
  return [...groups.values()]
    .filter((group) => new Set(group.map((line) => line.slice(0, line.indexOf(' ')))).size > 1)
    .flat()
}
