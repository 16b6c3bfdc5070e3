import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

  describe('in a shell', () => {
    const env = { ...process.env, PATH: `${root}:${process.env.PATH}`, HOME: root }
    beforeAll(async () => {
      const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
      const command = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`
      writeFileSync(join(root, 'millrace'), command)
      chmodSync(join(root, 'millrace'), 0o755)
      for (const shell of ['bash', 'zsh', 'fish'])
        writeFileSync(join(root, `${shell}.sh`), (await millrace(['completion', shell])).out)
    })
    const said = (shell: string, ...args: readonly string[]): string =>
      execFileSync(shell, args, { env, cwd: root }).toString()

    it('works in bash', () => {
      const script = `source ${root}/bash.sh
        COMP_WORDS=(millrace topics de); COMP_CWORD=2; _millrace; echo "$COMPREPLY"
        COMP_WORDS=(millrace run ba); COMP_CWORD=2; _millrace; echo "$COMPREPLY"`
      expect(said('bash', '-c', script)).toBe('describe\nbash.sh\n')
    })

    it.skipIf(isMissing('zsh'))(
      `works in zsh${isMissing('zsh') ? ' (skipped: no zsh)' : ''}`,
      () => {
        // In the place of what the line editor calls.
        const script = `compdef() { :; }; _files() { print files $@; }; _describe() { print -l \${(P)2}; }
        source ${root}/zsh.sh
        words=(millrace topics de); CURRENT=3; _millrace
        words=(millrace run ''); CURRENT=3; _millrace
        words=(millrace status --log ''); CURRENT=4; _millrace`
        expect(said('zsh', '-f', '-c', script)).toBe(
          'describe:what it is for, what it holds, who writes it, and how far its readers are\nfiles\nfiles -/\n',
        )
      },
      60_000,
    )

    it.skipIf(isMissing('fish'))(
      `works in fish${isMissing('fish') ? ' (skipped: no fish)' : ''}`,
      () => {
        const script = `source ${root}/fish.sh
          complete -C 'millrace topics de'; complete -C 'millrace run fi'`
        expect(said('fish', '--no-config', '-c', script)).toBe(
          'describe\twhat it is for, what it holds, who writes it, and how far its readers are\nfish.sh\n',
        )
      },
      60_000,
    )
  })
})

function isMissing(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).error !== undefined
}
