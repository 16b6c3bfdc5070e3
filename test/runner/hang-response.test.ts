import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Log } from '../../src/contracts/log.ts'
import { tasksOf } from '../../src/engine/pipeline-tasks.ts'
import { openLog } from '../../src/log/open-log.ts'
import { record } from '../../src/runner/control.ts'
import type { Hang } from '../../src/runner/versions/hang-ledger.ts'
import { HangResponse } from '../../src/runner/versions/hang-response.ts'
import { loadDefinition } from '../../src/runner/load-definition.ts'
import { definition } from '../e2e/order-folders.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-hangs-'))
let log: Log
beforeAll(async () => {
  log = (await openLog(root)).log
})
afterAll(async () => {
  await log.close()
  rmSync(root, { recursive: true, force: true })
})

/** A supervisor's side of a pipeline; `news` resolves at its next change of what is quarantined. */
async function open(digest: string) {
  const { plan, schemas } = await loadDefinition(definition('hangs'))
  const { tasks } = tasksOf(plan, schemas, { partitions: 1, sources: new Map() })
  let heard = Promise.withResolvers<void>()
  const response = await HangResponse.open({
    log,
    pipeline: plan.pipeline,
    tasks,
    digests: new Map([['risk', digest]]),
    hangsMax: 1,
    changed: () => heard.resolve(),
  })
  const task = tasks.findIndex(({ kind }) => kind === 'stage')
  const hang = (...rows: number[]): Hang => ({
    task,
    model: 0,
    commit: 1,
    rows: rows.map((row) => [0, row]),
  })
  const news = async (): Promise<void> => {
    await heard.promise
    heard = Promise.withResolvers()
  }
  const names = (): string[] => response.quarantined.map(({ model }) => model)
  return { response, hang, news, names, task }
}

describe('the response to hangs', () => {
  it('quarantines a version after so many, on every supervisor, also a later one, until it is resumed', async () => {
    const one = await open('version 1')
    const two = await open('version 1')
    await one.response.hung(one.hang(1, 2, 3, 4))
    // On the way to the row that hangs: no new hang.
    await one.response.hung(one.hang(1, 2))
    await one.response.hung(one.hang(2))
    expect(one.names()).toEqual([])
    expect(one.response.of([one.task])).toMatchObject([{ hung: [[0, 2]], suspects: [] }])
    await two.response.hung(two.hang(70, 71))
    expect(two.names()).toEqual(['risk'])
    await one.news()
    expect(one.names()).toEqual(['risk'])
    const later = await open('version 1')
    expect(later.names()).toEqual(['risk'])
    const other = await open('version 2')
    expect(other.names()).toEqual([])
    const version = { pipeline: 'orders', model: 'risk', digest: 'version 1' }
    await two.news()
    await record(log, { kind: 'resume', ...version, at: 1 })
    await Promise.all([one.news(), two.news()])
    expect([...one.names(), ...two.names()]).toEqual([])
    await Promise.all([one, two, later, other].map(({ response }) => response.close()))
  })
})
