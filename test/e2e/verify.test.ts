// What `millrace verify` says about a folder that a pipeline has run in, whole and damaged.
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneRecord } from '../../src/base/records.ts'
import { encodeCommit } from '../../src/engine/commit-record.ts'
import { lastCommit } from '../../src/engine/recovery.ts'
import { commitsTopic } from '../../src/engine/task-names.ts'
import { openLog } from '../../src/index.ts'
import { makePaymentsLog, millrace, mustSay } from './payments-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-verify-'))
const log = join(root, 'log')
afterAll(() => rmSync(root, { recursive: true }))

interface Verdict {
  readonly ok: boolean
  readonly tasks: number | undefined
  readonly unchecked: string | undefined
  readonly problems: readonly { readonly file: string; readonly what: string }[]
}

function verify(place: string): Verdict {
  const { code, out } = millrace(['verify', place, '--json'])
  const verdict: Verdict = JSON.parse(out)
  expect(code).toBe(verdict.ok ? 0 : 1)
  return verdict
}

const MARK = 'a record that no other is like'

let copies = 0

function copyOf(folder: string): string {
  const copy = join(root, `copy-${++copies}`)
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') })
  return copy
}

function fileOf(folder: string, prefix: string): string {
  const name = readdirSync(folder).find((each) => each.startsWith(prefix))
  if (name === undefined) throw new Error(`there is no ${prefix} in ${folder}`)
  return name
}

function flip(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position] ^= 4
  writeFileSync(path, bytes)
}

beforeAll(() => makePaymentsLog(log), 60_000)

describe('millrace verify', () => {
  it('restores every task of a folder at rest, checks their positions, and changes no file', () => {
    const before = readdirSync(log).map((name) => [name, statSync(join(log, name)).mtimeMs])
    expect(verify(log)).toMatchObject({ ok: true, tasks: 6, problems: [] })
    expect(verify(log).unchecked).toBeUndefined()
    const after = readdirSync(log).map((name) => [name, statSync(join(log, name)).mtimeMs])
    const others = (list: typeof after): typeof after =>
      list.filter(([name]) => !String(name).startsWith('lock'))
    expect(others(after)).toEqual(others(before))
  })

  it('reads a folder that a process owns through that process', async () => {
    const folder = copyOf(log)
    const { log: owned } = await openLog(folder)
    try {
      expect(verify(folder)).toMatchObject({ ok: true, tasks: 6, problems: [] })
    } finally {
      await owned.close()
    }
  })

  it('names the file and the place of a damaged frame, checkpoint or segment', async () => {
    const inJournal = copyOf(log)
    // A frame that has just been written is in the journal alone; older ones may have been copied, and their file used again.
    const opened = await openLog(inJournal)
    const writer = await opened.log.openWriter('test')
    await writer.append([{ topic: 'payments', partition: 0, records: oneRecord(0, '', MARK) }])
    await opened.log.close()
    const journal = readdirSync(inJournal).find(
      (name) => name.startsWith('journal-') && readFileSync(join(inJournal, name)).includes(MARK),
    )
    if (journal === undefined) throw new Error('the record is in no journal')
    flip(join(inJournal, journal), readFileSync(join(inJournal, journal)).indexOf(MARK))
    // The chain of frames breaks there; it is named by the file in which it stood last.
    const damaged = { file: expect.stringMatching(/^journal-/) }
    expect(verify(inJournal)).toMatchObject({ ok: false, problems: [damaged] })
    const inCheckpoint = copyOf(log)
    flip(join(inCheckpoint, 'checkpoint'), 20)
    expect(verify(inCheckpoint)).toMatchObject({ ok: false, problems: [{ file: 'checkpoint' }] })
    const backup = join(root, 'backup')
    mustSay(['backup', '--log', log, '--to', backup])
    const segment = fileOf(backup, 'segment-')
    expect(verify(backup)).toMatchObject({ ok: true, tasks: 6 })
    flip(join(backup, segment), 80)
    expect(verify(backup)).toMatchObject({
      ok: false,
      problems: [{ file: segment, position: 0, offset: 0 }],
    })
    flip(join(backup, 'backup'), 200)
    expect(millrace(['verify', backup, '--json']).out).toContain('ML_LOG_CORRUPT')
  })

  it('finds a commit that cannot be read, and one whose position lies beyond its topic', async () => {
    const task = { pipeline: 'fraud-scoring', stage: 'source.payments', number: 0, plan: '' }
    const topic = commitsTopic(task.pipeline, task.stage)
    const ahead = copyOf(log)
    const opened = await openLog(ahead)
    const last = await lastCommit(opened.log, task)
    if (last === undefined) throw new Error('the task has not committed')
    const writer = await opened.log.openWriter('forger')
    const append = (value: Uint8Array): Promise<unknown> =>
      writer.append([{ topic, partition: 0, records: oneRecord(0, '', value) }])
    const lanes = last.lanes.map((lane) => ({ ...lane, offset: lane.offset + 1000 }))
    await append(encodeCommit({ ...last, number: last.number + 1, lanes }, last.delta()))
    await opened.log.close()
    expect(verify(ahead).problems).toMatchObject([
      { file: 'payments', what: expect.stringContaining('the position of source.payments/0') },
    ])
    const broken = await openLog(ahead)
    const other = await broken.log.openWriter('forger')
    const records = oneRecord(0, '', 'no commit')
    await other.append([{ topic, partition: 0, records }])
    await broken.log.close()
    expect(verify(ahead).problems).toMatchObject([{ file: topic }])
  })
})
