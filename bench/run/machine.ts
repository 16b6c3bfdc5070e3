// What a result was measured on.
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './built.ts'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGB: number
  readonly system: string
  readonly node: string
  readonly v8: string
  readonly onnxRuntime: string
  readonly millrace: string
  /** Abbreviated, with `+` where files were changed; `?` outside a repository. */
  readonly commit: string
  /** Of the minute before. More than nothing: others worked on the machine, too. */
  readonly load: number
}

export function machine(): Machine {
  const all = cpus()
  return {
    processor: `${all[0]?.model ?? '?'} (${process.arch})`,
    cores: all.length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    onnxRuntime: versionOf(join(ROOT, 'node_modules/onnxruntime-node')),
    millrace: versionOf(ROOT),
    commit: commit(),
    load: Number(loadavg()[0].toFixed(1)),
  }
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? '+' : '')
  } catch {
    return '?'
  }
}
