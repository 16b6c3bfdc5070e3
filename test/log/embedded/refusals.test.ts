import { describe, expect, it } from 'vitest'
import { Prng } from '../../../src/base/prng.ts'
import { SimDisk } from '../../../src/testing/sim-disk.ts'
import { EmbeddedWriter } from '../../../src/log/embedded/writer.ts'
import { StillClock, openSim, simDisk, to, turns, valuesOf } from './fixture.ts'

describe('a failed flush', () => {
  it('stops the log until it is opened again, and loses nothing that was acknowledged', async () => {
    const disk = simDisk(3)
    let log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    await writer.append([to('a', 0, 'kept')])
    disk.faults.failFlushIn = 1
    const underWay = [writer.append([to('a', 0, 'x')]), writer.append([to('a', 0, 'y')])]
    for (const answer of underWay)
      await expect(answer).rejects.toMatchObject({ code: 'ML_FLUSH_FAILED' })
    await expect(writer.append([to('a', 0, 'z')])).rejects.toMatchObject({
      code: 'ML_FLUSH_FAILED',
    })
    await expect(log.topics()).rejects.toMatchObject({ code: 'ML_FLUSH_FAILED' })
    await expect(log.openWriter('v')).rejects.toMatchObject({ code: 'ML_FLUSH_FAILED' })
    await log.close()
    disk.crash()
    log = await openSim(disk)
    const values = await valuesOf(log, 'a')
    expect(values[0]).toBe('kept')
    expect([1, 3]).toContain(values.length)
  })

  it('wakes reads that wait', async () => {
    const disk = simDisk(3, { flushMsMax: 5 })
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    const waiting = log.read([{ topic: 'a', partition: 0, offset: 0 }], {
      maxBytes: 100,
      maxWaitMs: Infinity,
    })
    disk.faults.failFlushIn = 1
    const append = writer.append([to('a', 0, 'x')])
    await expect(append).rejects.toMatchObject({ code: 'ML_FLUSH_FAILED' })
    await expect(waiting).rejects.toMatchObject({ code: 'ML_FLUSH_FAILED' })
  })

  it('of the copier answers every append, also one whose frame is being flushed', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      let copier = false
      const disk: SimDisk = new SimDisk({
        prng: new Prng(seed),
        sleep: (ms) => turns(Math.ceil(ms)),
        faults: { flushMsMax: 20 },
        step: (step) => {
          // Only the checkpoint's: the frame that is under way meanwhile is flushed well.
          if (copier && step === 'flush checkpoint') disk.faults.failFlushIn = 1
        },
      })
      const log = await openSim(disk, { journalFilesMax: 50 })
      await log.ensureTopic({ name: 'a', partitions: 1 })
      const writer = await log.openWriter('w')
      copier = true
      const answers: Promise<unknown>[] = []
      for (let i = 0; i < 150; i++) {
        answers.push(writer.append([to('a', 0, 'x'.repeat(40))]))
        await turns(3)
      }
      const outcomes = await Promise.allSettled(answers)
      expect(outcomes[0].status).toBe('fulfilled')
      expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'ML_FLUSH_FAILED' } })
    }
  })

  it('of the copier stops the log too', async () => {
    const disk = simDisk(4)
    const log = await openSim(disk, { journalFilesMax: 2 })
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    disk.faults.flushFails = 0.05
    let acked = 0
    await expect(
      (async () => {
        for (;;) {
          await writer.append([to('a', 0, `v${acked}`)])
          acked++
        }
      })(),
    ).rejects.toMatchObject({ code: 'ML_FLUSH_FAILED' })
    disk.faults.flushFails = 0
    disk.crash()
    const values = await valuesOf(await openSim(disk), 'a')
    expect(values.slice(0, acked)).toEqual(Array.from({ length: acked }, (_, i) => `v${i}`))
  })
})

describe('a full device', () => {
  it('stops the intake, keeps what was acknowledged readable, and goes on when there is room', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const disk = simDisk(seed, { capacity: 6_000 + 500 * (seed % 13) })
      const log = await openSim(disk, { reserveBytes: seed % 2 === 0 ? 0 : 1500 })
      await log.ensureTopic({ name: 'a', partitions: 1 })
      let writer = await log.openWriter('w')
      const acked: string[] = []
      const fill = async (): Promise<unknown> => {
        try {
          for (let i = 0; i < 400; i++) {
            const value = `${acked.length}-${'x'.repeat(20)}`
            await writer.append([to('a', 0, value)])
            acked.push(value)
          }
          return undefined
        } catch (error) {
          return error
        }
      }
      expect(await fill()).toMatchObject({ code: 'ML_DISK_FULL', retryable: true })
      await expect(writer.append([to('a', 0, 'spent')])).rejects.toMatchObject({
        code: 'ML_DISK_FULL',
      })
      expect(await valuesOf(log, 'a')).toEqual(acked)
      disk.faults.capacity = Infinity
      writer = await log.openWriter('w')
      const more = acked.length
      expect(await fill()).toBeUndefined()
      expect(acked.length).toBe(more + 400)
      disk.crash()
      expect(await valuesOf(await openSim(disk), 'a')).toEqual(acked)
    }
  })

  it('refuses everything behind the first refused append of a writer, so that its order holds', async () => {
    const disk = simDisk(1, { flushMsMax: 10 })
    const log = await openSim(disk, { reserveBytes: 1000, journalBytes: 1 << 16 })
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    // The room is looked at after a MiB, and always after it was missing.
    disk.faults.capacity = 500
    const large = writer.append([to('a', 0, 'L'.repeat(1 << 20))])
    const answers = Array.from({ length: 10 }, (_, i) =>
      writer.append([to('a', 0, `v${i}`)]).catch(() => undefined),
    )
    await large.catch(() => undefined)
    await turns(3)
    disk.faults.capacity = Infinity
    const taken = (await Promise.all(answers)).map((offsets) => offsets !== undefined)
    expect(taken).toContain(false)
    expect(taken.indexOf(false) === 0 || !taken.slice(taken.indexOf(false)).includes(true)).toBe(
      true,
    )
  })
})

describe('appends that come twice or out of order', () => {
  it('gives a duplicate the answer of the first, before and after it is durable', async () => {
    const disk = simDisk(1, { flushMsMax: 8 })
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const { epoch } = await log.openWriter('w')
    const call = { id: 'w', epoch, sequence: 1 }
    const [one, two] = await Promise.all([
      log.appendFor(call, [to('a', 0, 'x')]),
      log.appendFor(call, [to('a', 0, 'x')]),
    ])
    const three = await log.appendFor(call, [to('a', 0, 'x')])
    expect([one, two, three]).toEqual([[0], [0], [0]])
    expect(await log.appendFor({ ...call, sequence: 2 }, [to('a', 0, 'y')])).toEqual([1])
    expect(await valuesOf(log, 'a')).toEqual(['x', 'y'])
  })

  it('refuses one that is ahead of its turn, and one of an owner from before a restart', async () => {
    const disk = simDisk(1)
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const { epoch } = await log.openWriter('w')
    await expect(
      log.appendFor({ id: 'w', epoch, sequence: 2 }, [to('a', 0, 'x')]),
    ).rejects.toMatchObject({ code: 'ML_CONNECTION', retryable: true })
    expect(await log.appendFor({ id: 'w', epoch, sequence: 1 }, [to('a', 0, 'x')])).toEqual([0])
    disk.crash()
    const again = await openSim(disk)
    const late = new EmbeddedWriter(again, 'w', epoch)
    await expect(late.append([to('a', 0, 'x')])).rejects.toMatchObject({ code: 'ML_FENCED' })
    expect((await again.openWriter('w')).epoch).toBe(epoch + 1)
    expect(await valuesOf(again, 'a')).toEqual(['x'])
  })

  it('fences appends that wait for the next flush when the name is opened again', async () => {
    const disk = simDisk(1, { flushMsMax: 30 })
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const old = await log.openWriter('w')
    const other = await log.openWriter('other')
    const writing = old.append([to('a', 0, 'first')])
    await turns(2)
    const waiting = old.append([to('a', 0, 'second')])
    const others = other.append([to('a', 0, 'other')])
    const young = log.openWriter('w')
    await expect(waiting).rejects.toMatchObject({ code: 'ML_FENCED' })
    expect(await writing).toEqual([0])
    expect(await others).toEqual([1])
    await young
    expect(await valuesOf(log, 'a')).toEqual(['first', 'other'])
  })
})

describe('retention', () => {
  it('by size removes the oldest segments and keeps at least that many bytes', async () => {
    const disk = simDisk(1)
    let log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1, retentionBytes: 3000 })
    const writer = await log.openWriter('w')
    for (let i = 0; i < 300; i++) await writer.append([to('a', 0, `v${i}`)])
    await turns(200)
    const info = (await log.topic('a'))?.parts[0]
    expect(info?.start).toBeGreaterThan(200)
    expect(info?.bytes).toBeGreaterThan(3000)
    expect(info?.bytes).toBeLessThan(10_000)
    disk.crash()
    log = await openSim(disk)
    expect((await valuesOf(log, 'a')).at(-1)).toBe('v299')
    expect((await log.topic('a'))?.parts[0].start).toBe(info?.start)
  })

  it('by age removes segments whose newest record is old, also when nothing is written', async () => {
    const disk = simDisk(1)
    const clock = new StillClock()
    const log = await openSim(disk, {}, clock)
    await log.ensureTopic({ name: 'a', partitions: 1, retentionMs: 1000 })
    await log.ensureTopic({ name: 'b', partitions: 1 })
    const writer = await log.openWriter('w')
    for (let i = 0; i < 60; i++) await writer.append([to('a', 0, `v${i}`), to('b', 0, `v${i}`)])
    clock.time += 500
    for (let i = 60; i < 90; i++) await writer.append([to('a', 0, `v${i}`), to('b', 0, `v${i}`)])
    clock.time += 700
    for (let i = 0; i < 40; i++) await writer.append([to('b', 0, 'later')])
    await turns(300)
    const { start, end } = (await log.topic('a'))?.parts[0] ?? { start: 0, end: 0 }
    expect(end).toBe(90)
    expect(start).toBeGreaterThan(30)
    expect(start).toBeLessThanOrEqual(60)
    expect((await log.topic('b'))?.parts[0].start).toBe(0)
  })

  it('and trims survive crashes: what is kept stays readable and offsets go on', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const prng = new Prng(seed)
      const disk = simDisk(seed, { flushMsMax: prng.pick([0, 6]) })
      let sent = 0
      let trimmed = 0
      for (let round = 0; round < 4; round++) {
        const log = await openSim(disk)
        await log.ensureTopic({ name: 'a', partitions: 1 })
        const { start = 0, end = 0 } = (await log.topic('a'))?.parts[0] ?? {}
        expect(end).toBe(sent)
        expect(start).toBeLessThanOrEqual(trimmed)
        expect(await valuesOf(log, 'a')).toEqual(
          Array.from({ length: sent - start }, (_, i) => `v${start + i}`),
        )
        const writer = await log.openWriter('w')
        for (let i = 0; i < 60; i++) {
          await writer.append([to('a', 0, `v${sent++}`)])
          if (prng.chance(0.2)) {
            trimmed = Math.max(trimmed, prng.below(sent + 1))
            await log.trim('a', 0, trimmed)
          }
        }
        if (prng.chance(0.5)) await turns(prng.below(100))
        if (prng.chance(0.2)) await log.close()
        disk.crash()
      }
      const names = disk
        .mount()
        .list()
        .filter((name) => name.startsWith('segment-'))
      expect(names.length).toBeLessThan(25)
    }
  })

  it('never writes to a segment what was trimmed before it was copied', async () => {
    const disk = simDisk(1)
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    for (let i = 0; i < 300; i++) {
      await writer.append([to('a', 0, `v${i}`)])
      await log.trim('a', 0, i + 1)
    }
    await turns(100)
    const { bytes } = (await log.topic('a'))?.parts[0] ?? { bytes: Infinity }
    expect(bytes).toBeLessThan(5000)
    const names = disk
      .mount()
      .list()
      .filter((name) => name.startsWith('segment-'))
    expect(names.length).toBeLessThanOrEqual(2)
  })

  it('ends after what is under way when it is closed, and takes nothing after that', async () => {
    const disk = simDisk(1, { flushMsMax: 5 })
    const log = await openSim(disk)
    await log.ensureTopic({ name: 'a', partitions: 1 })
    const writer = await log.openWriter('w')
    const underWay = [writer.append([to('a', 0, 'one')]), writer.append([to('a', 0, 'two')])]
    await log.close()
    expect(await Promise.all(underWay)).toEqual([[0], [1]])
    await expect(writer.append([to('a', 0, 'three')])).rejects.toThrow('found it closed')
    expect(await valuesOf(await openSim(disk), 'a')).toEqual(['one', 'two'])
  })

  it('lists its topics by their names', async () => {
    const log = await openSim(simDisk(1))
    for (const name of ['b', 'c', 'a']) await log.ensureTopic({ name, partitions: 1 })
    expect((await log.topics()).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })
})
