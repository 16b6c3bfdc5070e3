// What is done with a log that another process owns, when that one ends in the middle.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oneRecord } from '../../src/base/records.ts'
import { openLog, type OpenedLog } from '../../src/log/open-log.ts'
import { withLog } from '../../src/runner/with-log.ts'
import { millrace } from '../cli/millrace.ts'

let folder: string
let owner: OpenedLog
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-with-log-'))
  owner = await openLog(folder)
  await owner.log.ensureTopic({ name: 'payments', partitions: 1 })
  const writer = await owner.log.openWriter('test')
  await writer.append([
    { topic: 'payments', partition: 0, records: oneRecord(1, 'a', '{"id":"p1"}') },
  ])
  await writer.close()
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('withLog', () => {
  it('begins again, as the owner, when the process that owned the log ends in the middle', async () => {
    const owned: boolean[] = []
    const names = await withLog(folder, { mustExist: true }, async (opened) => {
      owned.push(opened.owned)
      if (!opened.owned) await owner.log.close()
      return (await opened.log.topics()).map(({ name }) => name)
    })
    expect(names).toEqual(['payments'])
    expect(owned).toEqual([false, true])
  })

  it('passes on what fails while the log is there, without a second attempt', async () => {
    let attempts = 0
    const failing = withLog(folder, {}, () => {
      attempts++
      return Promise.reject(new Error('no such topic'))
    })
    await expect(failing).rejects.toThrow('no such topic')
    expect(attempts).toBe(1)
    await owner.log.close()
  })
})

describe('a command that reads once', () => {
  it.each([
    [['topics', 'list']],
    [['topics', 'describe', 'payments']],
    [['topics', 'tail', 'payments']],
  ])('says the same, wherever the owner of the log ends: %s', async (words) => {
    const expected = await millrace([...words, '--log', folder])
    expect(expected.code).toBe(0)
    for (const turns of [0, 4, 12]) {
      const said = millrace([...words, '--log', folder])
      for (let i = 0; i < turns; i++) await turn()
      await owner.log.close()
      expect(await said).toEqual(expected)
      owner = await openLog(folder)
    }
    await owner.log.close()
  })
})
