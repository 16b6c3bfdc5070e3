// The disk of a broker is full while a run writes: the broker ends, the run waits for it and then says that none answers. When there is room again
// and the broker is back, the run goes on where it was. The broker comes back behind the timeout of the transactions that were open, and leaves
// them without a marker where it leads nothing yet (hanging.test.ts).
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openLog } from '../../src/log/open-log.ts'
import { askChild, killTree, startChild } from '../e2e/ask-child.ts'
import { definition, writeOrders } from '../e2e/order-folders.ts'
import { SmallDevices } from '../log/server/small-devices.ts'
import { hasKafka, startKafka } from './broker.ts'
import { expectScores } from './expect-scores.ts'
import { startJavaReader } from './java-reader.ts'
import { featuresOf, PROTOCOLS } from './protocols.ts'

const MINUTES = 600_000
const ORDERS = 2_000

const base = mkdtempSync(join(tmpdir(), 'millrace-full-'))
const devices = new SmallDevices(base)
const places = PROTOCOLS.map(() => (hasKafka ? devices.make(64 << 20) : undefined))
afterAll(() => {
  devices.remove()
  rmSync(base, { recursive: true })
})

describe
  .skipIf(places.includes(undefined))
  .each(PROTOCOLS.map((protocol, i) => [...protocol, places[i] ?? ''] as const))(
  'a real Kafka without room, with %s (needs Java 17, Maven, and leave to mount)',
  (_, level, place) => {
    it(
      'ends a run with an error that says so, and lets it go on when it has room again, with nothing lost or twice',
      async () => {
        const ballast = join(place, 'ballast')
        const properties = [`log.dirs=${join(place, 'log')}`, 'log.index.size.max.bytes=65536']
        const broker = await startKafka({ properties, features: featuresOf(level) })
        const reader = startJavaReader(broker.address)
        const url = `kafka://${broker.address}/full.`
        await writeOrders(url, { from: 0, to: ORDERS, bad: [], partitions: 2, end: true })
        const run = {
          kind: 'run',
          file: definition('throws'),
          log: url,
          untilEnd: true,
          workers: 1,
          batchRows: 5,
        } as const
        const { log } = await openLog(url)
        const { child, result } = startChild(run, undefined, { quiet: true })
        const outcome = result.then(
          () => 'it ended as if there were room',
          (error: unknown) => String(error),
        )
        try {
          while (((await log.topic('scores'))?.parts ?? []).every(({ end }) => end < 20))
            await sleep(20)
          await log.close()
          fill(ballast)
          expect(await outcome).toMatch(
            /ML_CONNECTION[^]*brokers must|brokers must[^]*ML_CONNECTION/,
          )
        } finally {
          killTree(child)
        }
        rmSync(ballast)
        await broker.kill()
        await broker.restart()
        await askChild(run)
        await expectScores(reader, 'full.scores', { orders: ORDERS })
        await reader.close()
        await broker.dispose()
      },
      MINUTES,
    )
  },
)

/** Writes to a file until its device takes no more. */
function fill(file: string): void {
  writeFileSync(file, '')
  for (let bytes = 1 << 20; bytes >= 1;) {
    try {
      appendFileSync(file, Buffer.alloc(bytes, 1))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      bytes >>= 1
    }
  }
}
