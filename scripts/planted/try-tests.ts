// Runs tests in an overlay and says which of them failed first. What does not end counts as a failure: a bug may be a loop.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atEnd } from './at-end.ts'

/**
 * What one process may take: a loop without end is ended by it, on a busy machine as on a quiet one. Those that wait for ever are ended
 * by the time that the caller allows.
 */
const CPU_SECONDS = 40

/** What failed, for a person; undefined: nothing did. */
export type Failed = string | undefined

export interface VitestRun {
  readonly files: readonly string[]
  /** Only tests whose names contain it. */
  readonly named?: string | undefined
  readonly kafka?: boolean
  /** In one process, where the files do not come into each other's way: that is quicker. */
  readonly together?: boolean
}

/** Runs files of Vitest up to the first test that fails. @throws Error where a file is not there. */
export async function tryVitest(folder: string, run: VitestRun, limitMs: number): Promise<Failed> {
  for (const file of run.files)
    if (!existsSync(join(folder, file))) throw new Error(`no tests in ${file}`)
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const args = ['run', '--bail=1', '--maxWorkers=1', '--reporter=json', `--outputFile=${report}`]
  if (run.named !== undefined) args.push('--testNamePattern', literally(run.named))
  if (run.together === true) args.push('--no-isolate')
  if (run.kafka === true) args.push('--config', 'scripts/test/kafka-config.ts')
  const script = join(folder, 'node_modules/vitest/vitest.mjs')
  const ended = await node([script, ...args, ...run.files], folder, limitMs)
  if (ended.code === 0) return undefined
  if (ended.code === undefined) return 'does not end'
  return firstFailure(report) ?? `${run.files.join(', ')}: ends early`
}

/** Runs the simulator up to the first seed that comes to something else than without faults. */
export async function trySeeds(
  folder: string,
  { seeds, step = 1 }: { readonly seeds: string; readonly step?: number | undefined },
  limitMs: number,
): Promise<Failed> {
  const script = join(folder, 'scripts/simulate.ts')
  const args = [script, '--seeds', seeds, '--step', String(step)]
  const { code, said } = await node(args, folder, limitMs)
  if (code === 0) return undefined
  if (code === undefined) return `simulator, seeds ${seeds}: does not end`
  const seed = /--seed (\d+) --trace/.exec(said)?.[1]
  return seed === undefined ? 'simulator' : `simulator, seed ${seed}`
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

function firstFailure(file: string): Failed {
  if (!existsSync(file)) return undefined
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  const short = (name: string): string => name.slice(name.indexOf('/test/') + 1)
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed !== undefined) return `${short(name)}: ${failed.fullName}`
  }
  // Files that were not begun because another had failed count as failed, too, but say nothing.
  const broken = report.testResults.find(({ status, message }) => status === 'failed' && message)
  return broken && `${short(broken.name)}, as a whole`
}

function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}

/** @returns the exit code; undefined where it had to be ended, with all it started. */
function node(
  args: readonly string[],
  cwd: string,
  limitMs: number,
): Promise<{ readonly code: number | undefined; readonly said: string }> {
  const limited = ['-c', `ulimit -t ${CPU_SECONDS}; exec "$0" "$@"`, process.execPath, ...args]
  const child = spawn('/bin/sh', limited, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(cwd, '.compiled') },
  })
  let said = ''
  const hear = (text: string): void => void (said = (said + text).slice(-65_536))
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  return new Promise((done, failed) => {
    let over = false
    const end = (): void => {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // All of the group have ended.
      }
    }
    const forget = atEnd(end)
    const timer = setTimeout(() => {
      over = true
      end()
    }, limitMs)
    child.once('error', failed)
    child.once('close', (code) => {
      clearTimeout(timer)
      end()
      forget()
      done({ code: over ? undefined : (code ?? 1), said })
    })
  })
}
