// The command line in a process of its own: a plan is known by the texts of its functions, which the test runner rewrites.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { MAIN } from '../built/built.ts'

/** @returns `code` null where it was killed. */
export async function runMain(
  args: readonly string[],
  input = '',
  {
    killAfterMs,
    env = {},
  }: {
    readonly killAfterMs?: number
    readonly env?: Readonly<Record<string, string>>
  } = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
  child.stdin.end(input)
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  await once(child, 'close')
  clearTimeout(timer)
  return { code: child.exitCode, out, err }
}
