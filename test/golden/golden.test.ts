// Folders that releases left: this code opens them, finds nothing wrong, explains and derives again what was predicted, and goes on
// from them to the outputs that a run from the start has. `npm run golden` makes the one of this release.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { Explanation } from '../../src/contracts/explanation.ts'
import { openLog } from '../../src/index.ts'
import { restore } from '../../src/runner/commands/restore-command.ts'
import { verify } from '../../src/runner/commands/verify-command.ts'
import type { Replay } from '../../src/runner/provenance/replay.ts'
import { askChild } from '../e2e/ask-child.ts'
import { linesOf } from '../e2e/read-outputs.ts'
import { ROUNDS, writeRound } from './inputs.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'millrace-golden-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const QUIET = { signal: new AbortController().signal, onProgress: (): void => undefined }
const releases = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

it('there is a folder of a release', () => {
  expect(releases.length).toBeGreaterThan(0)
})

/** A copy of the folder of a release. */
async function folderOf(release: string, name: string): Promise<string> {
  const from = join(root, `${release}-${name}.tar`)
  writeFileSync(from, brotliDecompressSync(readFileSync(join(HERE, release, 'log.tar.br'))))
  const to = join(root, `${release}-${name}`)
  await restore({ backup: from, log: to, ...QUIET })
  return to
}

interface Outputs {
  readonly scores: readonly string[]
  readonly hourly: readonly string[]
  readonly late: readonly string[]
  readonly deadLetters: readonly string[]
}

async function outputs(folder: string): Promise<Outputs> {
  const { log } = await openLog(folder)
  try {
    const of = async (topic: string): Promise<string[]> => (await linesOf(log, topic)).toSorted()
    return {
      scores: await of('scores'),
      hourly: await of('hourly'),
      late: await of('payments.late'),
      deadLetters: await of('shop.dead-letters'),
    }
  } finally {
    await log.close()
  }
}

/** What the second definition gives that runs alone, from the start. */
async function alone(file: string, release: string): Promise<Outputs> {
  const log = join(root, `${release}-alone`)
  mkdirSync(log)
  for (let round = 0; round < ROUNDS; round++) await writeRound(log, round, round === ROUNDS - 1)
  await askChild({ kind: 'run', file, log, untilEnd: true, workers: 2 })
  return outputs(log)
}

const ofSecond = (line: string): boolean => line.includes('"version":2')

describe.each(releases)('the folder of release %s', (release) => {
  const file = join(HERE, release, 'second.ts')

  it('is sound, and tells and derives again what was predicted', async () => {
    const log = await folderOf(release, 'read')
    expect(await verify({ place: log, ...QUIET })).toMatchObject({ ok: true })
    const { scores } = await outputs(log)
    const ids = ['payment-60', 'payment-140', 'payment-145']
    const explained = (await askChild({ kind: 'explain', file, log, ids })) as Explanation[]
    for (const { id, features, outputs: said } of explained) {
      const line = scores.find((each) => each.includes(`"id":"${id}"`)) ?? ''
      const written: Record<string, unknown> = JSON.parse(line.slice(line.indexOf('{')))
      expect(written).toMatchObject({ seen1h: features.seen1h, score: said.score })
    }
    expect(explained.map(({ id }) => id)).toEqual(ids)
    const second = ids.filter((id) =>
      scores.some((line) => line.includes(`"id":"${id}"`) && ofSecond(line)),
    )
    expect(second.length).toBeGreaterThan(0)
    const replays = (await askChild({ kind: 'replay', file, log, ids: second })) as Replay[]
    expect(replays.map(({ equal }) => equal)).toEqual(second.map(() => true))
    const first = join(HERE, release, 'first.ts')
    const before = { kind: 'replay', file: first, log, ids: ['payment-60'] } as const
    expect((await askChild(before)) as Replay[]).toMatchObject([{ equal: true }])
  })

  it(
    'goes on where it stopped, to the outputs of a run from the start',
    { timeout: 180_000 },
    async () => {
      const log = await folderOf(release, 'run')
      for (let round = 2; round < ROUNDS; round++)
        await writeRound(log, round, round === ROUNDS - 1)
      await askChild({ kind: 'run', file, log, untilEnd: true, workers: 2 })
      const found = await outputs(log)
      const expected = await alone(file, release)
      const later = found.scores.filter(ofSecond)
      expect(later.length).toBeGreaterThan(100)
      expect(expected.scores).toEqual(expect.arrayContaining(later))
      expect(found.scores).toHaveLength(expected.scores.length)
      expect(found.late).toEqual(expected.late)
      expect(found.deadLetters).toEqual(expected.deadLetters)
      expect(found.late.length + found.deadLetters.length).toBeGreaterThan(2)
      expect(found.hourly).toHaveLength(expected.hourly.length)
    },
  )
})
