// `millrace verify`: reads every byte of a log or of a backup, says what is wrong and where, and writes nothing.
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DefinitionError, MillraceError } from '../../base/errors.ts'
import { bytesText, countedText, countText } from '../../base/figures.ts'
import type { Answer, VerifyCommand } from '../../contracts/commands.ts'
import type { Disk } from '../../contracts/disk.ts'
import type { Log } from '../../contracts/log.ts'
import { checkJournal } from '../../log/backup/check-journal.ts'
import { checkSegments, type Checked } from '../../log/backup/check-segments.ts'
import { findBackup } from '../../log/backup/open-backup.ts'
import { overlayDisk } from '../../log/backup/overlay-disk.ts'
import type { Problem } from '../../log/backup/problem.ts'
import {
  CHECKPOINT_FILE,
  checkpointBytes,
  readCheckpoint,
  type Checkpoint,
} from '../../log/embedded/checkpoint.ts'
import { EmbeddedLog } from '../../log/embedded/embedded-log.ts'
import { machineClock } from '../../log/embedded/machine-clock.ts'
import { folderDisk } from '../../log/embedded/node-disk.ts'
import { checkLogFolder } from '../../log/server/log-folder.ts'
import { attach, folderOf, type OpenedFolderLog } from '../../log/server/open-folder-log.ts'
import { checkPositions, checkTasks } from '../check-tasks.ts'
import { readPlanOf } from '../plan-of-log.ts'

export async function verify(options: VerifyCommand): Promise<Answer> {
  const place = folderOf(options.place)
  const backup = findBackup(place)
  if (backup !== undefined) {
    const { disk, manifest } = backup
    const { checkpoint, files } = manifest
    const checked = await segments(options, { disk, checkpoint, files })
    const own = new Map([[CHECKPOINT_FILE, checkpointBytes(checkpoint)]])
    const tasks = await lookInto(overlayDisk(disk, own), checked.problems, options)
    return answerOf(
      { place, kind: 'backup', inUse: false },
      { checked, tasks, commit: checkpoint.copied.commit },
    )
  }
  if (!existsSync(place))
    throw new DefinitionError(
      `a log or a backup must be there to be verified; found nothing at ${place}`,
      { code: 'ML_USAGE' },
    )
  checkLogFolder(place, true)
  return verifyLog(place, options)
}

/** How often, and how long between, an owner that is just starting or ending is tried. */
const ATTEMPTS = 40
const BETWEEN_MS = 50

async function verifyLog(folder: string, options: VerifyCommand): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const running = await attach(folder)
    if (running !== undefined) return verifyRunning(running, options)
    try {
      return await verifyStopped(folder, options)
    } catch (error) {
      const locked = error instanceof MillraceError && error.code === 'ML_LOCKED'
      if (!locked || attempt === ATTEMPTS) throw error
    }
    await sleep(BETWEEN_MS)
  }
}

/** Of a log that goes on: all that was durable when this began. */
async function verifyRunning(
  { log, folder, cut }: OpenedFolderLog,
  options: VerifyCommand,
): Promise<Answer> {
  try {
    const { checkpoint } = await cut()
    const checked = await segments(options, { disk: folderDisk(folder), checkpoint })
    const tasks = checked.problems.length > 0 ? undefined : await tasksOf(log, options)
    const { commit } = checkpoint.copied
    return answerOf({ place: folder, kind: 'log', inUse: true }, { checked, tasks, commit })
  } finally {
    await log.close()
  }
}

async function verifyStopped(folder: string, options: VerifyCommand): Promise<Answer> {
  const disk = folderDisk(folder)
  const lock = disk.lock()
  try {
    const what = { place: folder, kind: 'log', inUse: false } as const
    const checkpoint = checkpointOf(disk)
    if ('what' in checkpoint) return answerOf(what, { checked: nothing([checkpoint]) })
    const read = await segments(options, { disk, checkpoint })
    const journal = checkJournal(disk, checkpoint)
    const checked = {
      ...read,
      bytes: read.bytes + journal.bytes,
      records: read.records + journal.records,
      problems: [...read.problems, ...journal.problems],
    }
    const tasks = await lookInto(overlayDisk(disk), checked.problems, options)
    return answerOf(what, { checked, tasks, commit: journal.last.commit })
  } finally {
    lock.release()
  }
}

function checkpointOf(disk: Disk): Checkpoint | Problem {
  const missing = { file: CHECKPOINT_FILE, what: 'expected the file, found none' }
  try {
    return readCheckpoint(disk) ?? missing
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    return { file: CHECKPOINT_FILE, what: error.message }
  }
}

function nothing(problems: readonly Problem[]): Checked {
  return { files: 0, bytes: 0, runs: 0, records: 0, problems }
}

function segments(
  { signal, onProgress }: VerifyCommand,
  of: Omit<Parameters<typeof checkSegments>[0], 'signal' | 'onProgress' | 'files'> &
    Partial<Pick<Parameters<typeof checkSegments>[0], 'files'>>,
): Promise<Checked> {
  return checkSegments({
    files: undefined,
    ...of,
    signal,
    onProgress: (bytes, total) => onProgress({ doing: 'checking', bytes, total }),
  })
}

interface Tasks {
  readonly tasks: number
  /** Why the positions of tasks could not be checked; undefined where they were. */
  readonly unchecked: string | undefined
  readonly problems: readonly Problem[]
}

/** Opens a log on files that are whole, in memory. Of damaged ones nothing more can be said. */
async function lookInto(
  disk: Disk,
  problems: readonly Problem[],
  options: VerifyCommand,
): Promise<Tasks | undefined> {
  if (problems.length > 0) return undefined
  const log = await EmbeddedLog.open({
    disk,
    clock: machineClock,
    salt: 0,
    reserveBytes: 0,
    preallocate: false,
  })
  try {
    return await tasksOf(log, options)
  } finally {
    await log.close()
  }
}

async function tasksOf(log: Log, { signal }: VerifyCommand): Promise<Tasks> {
  const { tasks, problems } = await checkTasks(log, signal)
  const plan = await readPlanOf(log)
  if ('why' in plan) return { tasks, unchecked: plan.why, problems }
  return {
    tasks,
    unchecked: undefined,
    problems: [...problems, ...(await checkPositions(log, plan.tasks))],
  }
}

function answerOf(
  { place, kind, inUse }: { place: string; kind: 'log' | 'backup'; inUse: boolean },
  of: { readonly checked: Checked; readonly tasks?: Tasks | undefined; readonly commit?: number },
): Answer {
  const { checked, tasks, commit } = of
  const what = `the ${kind} in ${place}${inUse ? ', which a process is using,' : ''}`
  const problems = [...checked.problems, ...(tasks?.problems ?? [])]
  const { files, bytes, runs, records } = checked
  const ok = problems.length === 0
  const unchecked = tasks?.unchecked ?? (tasks === undefined ? 'the files are damaged' : undefined)
  return {
    ok,
    data: {
      place,
      kind,
      inUse,
      ok,
      commit,
      files,
      bytes,
      runs,
      records,
      tasks: tasks?.tasks,
      unchecked,
      problems,
    },
    lines: [
      ok
        ? `${what} is whole${commit === undefined ? '' : `, up to commit ${countText(commit)}`}`
        : `${what} is damaged: ${countedText(problems.length, 'problem')}`,
      ...problems.flatMap(problemLines),
      `  ${countedText(files, 'file')}, ${bytesText(bytes)}, ${countedText(records, 'record')} read; ` +
        (tasks === undefined
          ? 'the states of tasks were not restored'
          : `the state of ${countedText(tasks.tasks, 'task')} restored`),
      ...(tasks?.unchecked === undefined
        ? []
        : [`  positions of tasks were not checked: ${tasks.unchecked}`]),
    ],
  }
}

function problemLines({ file, position, topic, partition, offset, what }: Problem): string[] {
  const place = position === undefined ? file : `${file}, byte ${position}`
  const record =
    topic === undefined
      ? ''
      : ` (${topic}/${partition ?? 0}${offset === undefined ? '' : `, offset ${offset}`})`
  return [`  ${place}${record}`, `    ${what}`]
}
