// The next file of the journal is made while frames are written to the one before: nobody waits for it before that one is full.
import { expect, it } from 'vitest'
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { simDisk, StillClock, TINY, to, turns, valuesOf } from './fixture.ts'

const JOURNAL_BYTES = 64 << 10
const VALUE = 'x'.repeat(3_000)
/** Appends that the first file has room for, about. */
const ROOM = 20

/** A log whose second journal file is flushed as `flush` says, while it is made. */
async function opened(flush: () => Promise<void>): Promise<EmbeddedLog> {
  const disk = simDisk(1).mount()
  const open = disk.open.bind(disk)
  disk.open = (name, mode) => {
    const file = open(name, mode)
    if (name !== 'journal-2' || mode !== 'create') return file
    const own = file.flush.bind(file)
    file.flush = () => flush().then(own)
    return file
  }
  const sizes = { ...TINY, journalBytes: JOURNAL_BYTES, segmentBytes: 1 << 20, preallocate: true }
  const log = await EmbeddedLog.open({ disk, clock: new StillClock(), salt: 7, ...sizes })
  await log.ensureTopic({ name: 'events', partitions: 1 })
  return log
}

it('appends are durable while the next file is made, until there is no room for them', async () => {
  const { promise, resolve: goOn } = Promise.withResolvers<void>()
  let asked = 0
  const log = await opened(() => {
    asked++
    return promise
  })
  const writer = await log.openWriter('w')
  let durable = 0
  const appending = (async (): Promise<void> => {
    for (; durable < ROOM + 5; durable++) await writer.append([to('events', 0, VALUE)])
  })()
  await turns(5_000)
  expect(asked).toBe(1)
  expect(durable).toBeGreaterThan(ROOM / 2)
  expect(durable).toBeLessThan(ROOM + 5)
  goOn()
  await appending
  expect(await valuesOf(log, 'events')).toHaveLength(ROOM + 5)
  await log.close()
})

it('a file that could not be made ahead is made when it is needed', async () => {
  let asked = 0
  const log = await opened(async () => {
    if (++asked === 1) throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
  })
  const writer = await log.openWriter('w')
  for (let i = 0; i < 3 * ROOM; i++) await writer.append([to('events', 0, `${i} ${VALUE}`)])
  expect(asked).toBeGreaterThan(1)
  expect(await valuesOf(log, 'events')).toHaveLength(3 * ROOM)
  await log.close()
})

it('a log that is closed while a file is made closes that one as well', async () => {
  const { promise, resolve: goOn } = Promise.withResolvers<void>()
  const log = await opened(() => promise)
  const writer = await log.openWriter('w')
  for (let i = 0; i < ROOM - 5; i++) await writer.append([to('events', 0, `${i} ${VALUE}`)])
  let closed = false
  const closing = log.close().then(() => (closed = true))
  await turns(1_000)
  expect(closed).toBe(false)
  goOn()
  await closing
})
