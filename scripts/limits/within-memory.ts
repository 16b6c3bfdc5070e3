// A process that may take only so much memory, all that it starts included: in a control group of Linux, where one may be made.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where groups are, by version 2 and 1 of them, and how each names its parts. */
const GROUPS = [
  { root: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak', kills: 'memory.events' },
  {
    root: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    kills: 'memory.oom_control',
  },
] as const

export interface Ended {
  readonly code: number | null
  /** What it said, errors too. */
  readonly said: string
  /** Processes that the system ended because they wanted more; undefined where no group could be made: it ran without a limit then. */
  readonly killed: number | undefined
}

/** Runs a command to its end. @param bytes of memory: pages of files that can be dropped do not count. */
export async function withinMemory(
  bytes: number,
  { command, env }: { readonly command: readonly string[]; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  const group = makeGroup(bytes)
  // A shell puts itself into the group first, so that nothing of the command is outside.
  const shell =
    group === undefined ? 'exec "$@"' : `echo $$ > '${group.folder}/cgroup.procs' && exec "$@"`
  const child = spawn('/bin/sh', ['-c', shell, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: env ?? process.env,
  })
  let said = ''
  for (const out of [child.stdout, child.stderr])
    out.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-65_536)))
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed)
    child.once('close', done)
  })
  const killed = group && Number(/oom_kill (\d+)/.exec(readFileSync(group.kills, 'utf8'))?.[1])
  if (group !== undefined) rmdirSync(group.folder)
  return { code, said, killed }
}

function makeGroup(bytes: number): { readonly folder: string; readonly kills: string } | undefined {
  for (const { root, limit, kills } of GROUPS) {
    const folder = join(root, `millrace-limits-${process.pid}`)
    try {
      mkdirSync(folder)
    } catch {
      continue
    }
    if (existsSync(join(folder, limit))) {
      writeFileSync(join(folder, limit), String(bytes))
      return { folder, kills: join(folder, kills) }
    }
    rmdirSync(folder)
  }
  return undefined
}
