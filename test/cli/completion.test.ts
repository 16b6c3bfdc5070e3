import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { millrace } from './millrace.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-completion-'))
const log = join(root, 'log')
afterAll(() => rmSync(root, { recursive: true }))

async function completed(...words: string[]): Promise<string[]> {
  const { out } = await millrace(['__complete', '--', ...words])
  return out.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]]))
}

describe('the completion of a command line', () => {
  it('knows commands, those below them, and what each does', async () => {
    expect(await completed('to')).toEqual(['topics'])
    expect(await completed('topics', '')).toEqual(['list', 'describe', 'tail', 'write', 'help'])
    expect((await millrace(['__complete', '--', 'stat'])).out).toBe(
      'status\tshow how far every task is, and what it waits for\n',
    )
    expect(await completed('')).not.toContain('__complete')
  })

  it('knows the options of a command, and the choices of one', async () => {
    expect(await completed('status', '--')).toEqual(
      expect.arrayContaining(['--watch', '--every', '--json', '--help']),
    )
    expect(await completed('dataset', 'x.ts', '--as', '')).toEqual(['served', 'ideal'])
    expect(await completed('completion', 'z')).toEqual(['zsh'])
  })

  it('leaves files and folders to the shell', async () => {
    expect(await completed('run', '')).toEqual([':files'])
    expect(await completed('status', '--log', '')).toEqual([':folders'])
    expect(await completed('import', 'a.csv', 'b')).toEqual([':files'])
  })

  it('knows the topics of the log that is named, and none where there is no log', async () => {
    for (const topic of ['payments', 'scores'])
      await millrace(['topics', 'write', topic, '--log', log], ['{}'])
    expect(await completed('topics', 'tail', '--log', log, '')).toEqual(['payments', 'scores'])
    expect(await completed('topics', 'tail', `--log=${log}`, 'sc')).toEqual(['scores'])
    expect(await completed('topics', 'tail', '--log', join(root, 'none'), '')).toEqual([])
  })

  it('works in bash', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    writeFileSync(join(root, 'millrace'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(join(root, 'millrace'), 0o755)
    writeFileSync(join(root, 'bash.sh'), (await millrace(['completion', 'bash'])).out)
    const script = `source ${root}/bash.sh; cd ${root}
      COMP_WORDS=(millrace topics de); COMP_CWORD=2; _millrace; echo "$COMPREPLY"
      COMP_WORDS=(millrace run ba); COMP_CWORD=2; _millrace; echo "$COMPREPLY"`
    const env = { ...process.env, PATH: `${root}:${process.env.PATH}` }
    expect(execFileSync('bash', ['-c', script], { env }).toString()).toBe('describe\nbash.sh\n')
  }, 60_000)

  it.each(['zsh', 'fish'] as const)(
    'has a script that %s reads, where it is installed',
    async (shell) => {
      const { out, code } = await millrace(['completion', shell])
      expect(code).toBe(0)
      expect(out).toContain('millrace __complete --')
      const checked = spawnSync(shell, ['-n'], { input: out })
      if (checked.error === undefined) expect(checked.status).toBe(0)
    },
  )
})
