// A folder with some flights in it, and what a run wrote there, record by record.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flightsFile } from '../../examples/flights/import/flights-file.ts'
import { importFlights } from '../../examples/flights/import/import-flights.ts'
import { recordText } from '../../src/base/records.ts'
import { openLog } from '../../src/log/server/open-log.ts'

export const FLIGHTS: string = fileURLToPath(
  new URL('../../examples/flights/flights.ts', import.meta.url),
)

/** Topics a user of the example reads. */
export const OUTPUTS = ['predictions', 'warnings', 'late-flights.dead-letters'] as const

export class FlightsLog {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'millrace-run-'))

  async import(limit: number, partitions: number): Promise<void> {
    const { log } = await openLog(this.folder)
    await importFlights({ log, file: flightsFile(), partitions, limit })
    await log.close()
  }

  /** Every record of a topic, a line each: partition, key, value and headers. */
  async lines(topic: string): Promise<string[]> {
    const { log } = await openLog(this.folder)
    const lines: string[] = []
    const info = await log.topic(topic)
    for (let partition = 0; partition < (info?.partitions ?? 0); partition++) {
      let offset = 0
      for (;;) {
        const { runs, next } = await log.read([{ topic, partition, offset }], {
          maxBytes: 1 << 22,
          maxWaitMs: 0,
        })
        for (const { records } of runs) {
          for (let i = 0; i < records.count; i++) {
            const parts = (['key', 'value', 'headers'] as const).map((part) =>
              recordText(records, i, part),
            )
            lines.push(`${partition} ${parts.join(' ')}`)
          }
        }
        if (next[0].offset >= next[0].end) break
        offset = next[0].offset
      }
    }
    await log.close()
    return lines
  }

  async outputs(): Promise<Record<string, string[]>> {
    const outputs: Record<string, string[]> = {}
    for (const topic of OUTPUTS) outputs[topic] = await this.lines(topic)
    return outputs
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
