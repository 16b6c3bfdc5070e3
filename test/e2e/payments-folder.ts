// The command line in processes of its own, and a folder in which it ran the payments example to its end.
// Vitest rewrites sources, and a definition is known by the texts of its functions: so not in this process.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MAIN } from '../built/built.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/payments/', import.meta.url))

/** The definition that was run. */
export const PAYMENTS: string = join(EXAMPLE, 'payments.ts')

export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** @param input its standard input. Default: none. */
export function millrace(args: readonly string[], input: string = ''): Said {
  const env = { ...process.env, NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { input, env })
  return { code: status, out: stdout.toString(), err: stderr.toString() }
}

/** Runs a command that must succeed. @returns what it wrote to its standard output. */
export function mustSay(args: readonly string[], input: string = ''): string {
  const { code, out, err } = millrace(args, input)
  if (code !== 0) throw new Error(`millrace ${args.join(' ')} ended with ${code}: ${err}`)
  return out
}

/** A file of the example. */
export function exampleFile(name: string): string {
  return readFileSync(join(EXAMPLE, name), 'utf8')
}

/** Makes a log with five payments, one of them bad, and a chargeback, and runs the example on it. */
export function makePaymentsLog(log: string): void {
  const key = { payments: ['--key', 'card'], chargebacks: [] }
  for (const topic of ['payments', 'chargebacks'] as const) {
    const args = ['topics', 'write', topic, '--log', log, '--time', 'at', '--end', ...key[topic]]
    mustSay(args, exampleFile(`${topic}.ndjson`))
  }
  mustSay(['run', PAYMENTS, '--log', log, '--until-end', '--workers', '1'])
}
