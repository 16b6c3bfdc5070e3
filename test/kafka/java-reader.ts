// A reader that is not ours: Kafka's own consumer, in a Java process (verify.java), asked line by line.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { compiled, javaOptions } from './java.ts'

export interface SeenRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
}

export interface Transaction {
  readonly id: string
  /** `Ongoing`, `PrepareCommit`, `CompleteCommit` and so on. */
  readonly state: string
}

export interface JavaReader {
  /** All that is committed, partition by partition, once no transaction is open there. */
  records(topic: string): Promise<SeenRecord[]>
  transactions(): Promise<Transaction[]>
  /** Resolves when no transaction is open. */
  noneOpen(): Promise<void>
  /** Resolves when every partition is on all its brokers. */
  inSync(): Promise<void>
  /** Of each partition. */
  leaders(topic: string): Promise<number[]>
  /** Makes each partition be led by the broker that is the first of its replicas. */
  elect(): Promise<void>
  /** The broker that coordinates a group or a transactional id. */
  keeper(kind: 'group' | 'transaction', id: string): Promise<number>
  close(): Promise<void>
}

/** @param address of brokers, with commas. */
export function startJavaReader(address: string): JavaReader {
  const program = join(import.meta.dirname, 'verify.java')
  const child = spawn(
    'java',
    [...javaOptions('128m', { classes: compiled(program) }), 'Verify', address],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  // One command after the other: answers have no names.
  let last: Promise<unknown> = Promise.resolve()
  const ask = (command: string): Promise<string[][]> => {
    const answer = last.then(() => tell(command))
    last = answer.catch(() => undefined)
    return answer
  }
  const tell = async (command: string): Promise<string[][]> => {
    child.stdin.write(`${command}\n`)
    const found: string[][] = []
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`the Java reader ended at '${command}': ${errors}`)
      if (value === '.') return found
      found.push(value.split('\t'))
    }
  }
  const transactions = async (): Promise<Transaction[]> =>
    (await ask('transactions')).map(([id, state]) => ({ id, state }))
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await sleep(50)
  }
  return {
    transactions,
    records: async (topic) => {
      await until(async () =>
        (await ask(`stable ${topic}`)).every(([, stable, written]) => stable === written),
      )
      const seen = (await ask(`records ${topic}`)).map(([partition, offset, key, value]) => ({
        partition: Number(partition),
        offset: Number(offset),
        key,
        value,
      }))
      return seen.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    },
    noneOpen: () =>
      until(async () =>
        (await transactions()).every(({ state }) => /^(Empty|Complete|Dead)/.test(state)),
      ),
    inSync: () => until(async () => (await ask('lagging')).length === 0),
    leaders: async (topic) => (await ask(`leaders ${topic}`)).map(([, leader]) => Number(leader)),
    elect: async () => {
      await ask('elect')
    },
    keeper: async (kind, id) => Number((await ask(`keeper ${kind} ${id}`))[0][0]),
    close: async () => {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}
