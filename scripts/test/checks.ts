// What is checked without running anything. The walls between folders are a test: test/tidy.test.ts.
import { spawned, tool } from './tools.ts'

export interface Check {
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
  /** What to run when it fails. */
  readonly hint: string
}

export const checks: readonly Check[] = [
  {
    name: 'format',
    script: tool('oxfmt'),
    args: ['--check'],
    hint: 'npm run format writes it',
  },
  {
    name: 'lint',
    script: tool('oxlint'),
    args: ['--type-aware', '--deny-warnings', '--report-unused-disable-directives'],
    hint: 'npm run lint shows it again',
  },
  { name: 'types', script: tool('tsc'), args: ['-p', '.'], hint: 'npm run types shows it again' },
  {
    name: 'build',
    script: tool('tsc'),
    args: ['-p', 'tsconfig.build.json', '--noEmit'],
    hint: 'what is published needs explicit types on its exports',
  },
]

/** Runs a check, prints one line, and all it said when it failed. */
export async function runCheck(check: Check): Promise<boolean> {
  const started = performance.now()
  const { code, output } = await spawned(check.script, check.args)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${check.name.padEnd(7)}${code === 0 ? 'ok' : 'FAILED'}  ${seconds} s`)
  if (code !== 0) console.log(`\n${output.trim()}\n${check.hint}\n`)
  return code === 0
}
