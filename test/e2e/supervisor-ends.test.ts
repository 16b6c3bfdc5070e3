// Workers end with their supervisor, whatever ends that, and also in the middle of a call that never returns.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { MAIN } from '../built/built.ts'
import { kill, workersOf } from './ask-child.ts'
import { definition, OrderFolders } from './order-folders.ts'

const folders = new OrderFolders()
const left: number[] = []
afterAll(() => {
  for (const pid of left) kill(pid)
  folders.remove()
})

/** Whether it is at work: what nobody has buried yet is not. */
function works(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

it('no worker outlives a supervisor that was killed, though a model hangs in it', async () => {
  const log = await folders.of(40, [3, 4, 5, 6])
  const supervisor = spawn(process.execPath, [
    MAIN,
    'run',
    definition('hangs-for-ever'),
    '--log',
    log,
    '--workers',
    '2',
  ])
  let said = ''
  supervisor.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
  while (!said.includes('it hangs')) await once(supervisor.stderr, 'data')
  const workers = workersOf(supervisor)
  left.push(...workers)
  expect(workers.filter(works)).toHaveLength(2)
  const closed = once(supervisor, 'exit')
  supervisor.kill('SIGKILL')
  await closed
  while (workers.some(works)) await pause(20)
})
