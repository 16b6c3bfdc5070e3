// How programs of Kafka are started: in little time, because tests start many. What they load is kept in an archive of classes, compiled code is
// not made better than it must be, and a program of ours is compiled once.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { kafkaJars } from './jars.ts'

/** Of the classes of a broker; made by the first one that ends in good order, and of no effect under another Java. */
export const classArchive = (): string => `${kafkaJars()}.jsa`

/**
 * Options of `java`, with the class path.
 * @param classes a folder in addition. @param archive what to do with the archive of classes.
 */
export function javaOptions(
  memory: string,
  { classes, archive = `-XX:SharedArchiveFile=${classArchive()}` }: JavaOptions = {},
): string[] {
  const path = [join(kafkaJars(), '*'), ...(classes === undefined ? [] : [classes])].join(':')
  // An archive that is missing, or another Java's, is no matter for a warning.
  const quiet = ['-Xlog:disable', '-Xlog:all=error:stderr']
  return [`-Xmx${memory}`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...quiet, archive].concat(
    '-cp',
    path,
  )
}

export interface JavaOptions {
  readonly classes?: string
  readonly archive?: string
}

/** Compiles a file of Java against the jars of Kafka, once. @returns the folder of its classes. */
export function compiled(file: string): string {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)
  const folder = `${kafkaJars()}-${digest}`
  if (existsSync(folder)) return folder
  const work = mkdtempSync(join(dirname(folder), 'compile-'))
  const done = spawnSync(
    'javac',
    ['-cp', join(kafkaJars(), '*'), '-d', join(work, 'classes'), file],
    {
      encoding: 'utf8',
    },
  )
  if (done.status !== 0) throw new Error(`${file} could not be compiled: ${done.stderr}`)
  try {
    renameSync(join(work, 'classes'), folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
  rmSync(work, { recursive: true })
  return folder
}
