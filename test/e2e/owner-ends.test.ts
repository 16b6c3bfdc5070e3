// The process that owns the log may be any: who reaches the log through it must go on when it ends.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { MAIN } from '../built/built.ts'

const PAYMENTS = fileURLToPath(new URL('../../examples/payments/payments.ts', import.meta.url))
const log = mkdtempSync(join(tmpdir(), 'millrace-owner-'))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(log, { recursive: true })
})

interface Command {
  readonly child: ChildProcess
  /** Resolves when it has written that text. */
  said(text: string): Promise<void>
  /** What it wrote, when it has ended. */
  readonly ended: Promise<{
    readonly code: number | null
    readonly out: string
    readonly err: string
  }>
}

function millrace(args: readonly string[], input = ''): Command {
  const command = open(args)
  command.child.stdin?.end(input)
  return command
}

/** One whose standard input stays open. */
function open(args: readonly string[]): Command {
  const child = spawn(process.execPath, [MAIN, ...args, '--log', log])
  children.push(child)
  let out = ''
  let err = ''
  let all = ''
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString()
    all += bytes.toString()
  })
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString()
    all += bytes.toString()
  })
  return {
    child,
    said: async (text) => {
      while (!all.includes(text)) {
        if (child.exitCode !== null) throw new Error(`it ended before it said '${text}': ${all}`)
        await Promise.race([
          once(child.stdout, 'data'),
          once(child.stderr, 'data'),
          once(child, 'close'),
        ])
      }
    },
    ended: once(child, 'close').then(([code]) => ({ code, out, err })),
  }
}

function event(id: string, minute: number): string {
  return `{"id":"${id}","card":"a","amount":5,"at":"2026-01-05T10:${minute}:00Z"}\n`
}

async function write(topic: string, input: string, ...more: string[]): Promise<void> {
  expect(
    (await millrace(['topics', 'write', topic, '--time', 'at', ...more], input).ended).code,
  ).toBe(0)
}

it('a run and a tail go on when the process that owned their log is killed', async () => {
  await write('payments', event('p1', 10))
  const owner = millrace(['topics', 'tail', 'payments', '--follow'])
  await owner.said('p1')
  const run = millrace(['run', PAYMENTS, '--until-end', '--json', '--workers', '1'])
  await run.said('0 dead letters')
  const tail = millrace(['topics', 'tail', 'payments', '--follow'])
  await tail.said('p1')
  owner.child.kill('SIGKILL')
  await owner.ended
  await write('payments', event('p2', 20))
  await tail.said('p2')
  await write('payments', event('p3', 30), '--end')
  await write('chargebacks', '', '--end')
  const { code, out } = await run.ended
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ ended: true, predictions: 3, eventsBefore: 0 })
  await tail.said('p3')
  // It may own the log by now.
  tail.child.kill('SIGKILL')
  await tail.ended
})

it('commands that read at once all end well: whichever owns the log ends before the others have read', async () => {
  for (let round = 0; round < 3; round++) {
    const said = await Promise.all(
      ['p1', 'p2', 'p3'].map((id) => millrace(['explain', id, '--json']).ended),
    )
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(said.map(({ out }) => JSON.parse(out)[0].id)).toEqual(['p1', 'p2', 'p3'])
  }
})

it('what writes lines says how many are durable when the owner of its log ends', async () => {
  await write('others', event('p1', 10))
  const owner = millrace(['topics', 'tail', 'others', '--follow'])
  await owner.said('p1')
  const writer = open(['topics', 'write', 'others'])
  writer.child.stdin?.write('{"a":1}\n{"a":2}\n')
  await owner.said('{"a":2}')
  owner.child.kill('SIGKILL')
  await owner.ended
  writer.child.stdin?.end('{"a":3}\n')
  const { code, err } = await writer.ended
  expect(code).toBe(1)
  expect(err.replaceAll(/\s+/g, ' ')).toContain(
    "the first 2 lines are durable in 'others'; of 1 behind them it is not known",
  )
})
