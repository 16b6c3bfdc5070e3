// Memory that predictions take while they wait for their labels: the real join and the real log, in a process of their own.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../test/tools.ts'

/** Of memory that a prediction may take while it waits: 500 MB for 100 million. */
export const WAITING_BYTES = 5

export interface WaitingMemory {
  readonly predictions: number
  /** Heap and buffers of the process, less what they were before the first prediction. */
  readonly memoryBytes: number
  /** How many lay in sorted runs of the log at the end. */
  readonly inRuns: number
}

/** @throws Error where the process fails, with what it said. */
export function waitingMemory(predictions: number): Promise<WaitingMemory> {
  const script = join(root, 'bench/waiting.ts')
  const args = ['--expose-gc', script, String(predictions), '--memory']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (code) => {
      if (code === 0) done(JSON.parse(said) as WaitingMemory)
      else failed(new Error(`${script} ended with ${code}: ${complaint}`))
    })
  })
}
