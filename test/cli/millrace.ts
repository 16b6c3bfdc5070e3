// The command line in this process, with what it says.
import { runCli } from '../../src/cli/cli.ts'
import { loadRunner } from '../../src/cli/load-runner.ts'

export interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line whose standard input has these lines. */
export async function millrace(
  args: readonly string[],
  input: readonly string[] = [],
): Promise<Said> {
  const said = { out: '', err: '' }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const line of input) yield Buffer.from(`${line}\n`)
  }
  const code = await runCli(args, {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
    input: bytes(),
    env: {},
    signal: new AbortController().signal,
    monotonic: () => 0,
    load: loadRunner,
  })
  return { code, ...said }
}

/** On one line, as no window breaks it. */
export function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
