// The files at the edge of a pipeline that runs: those its streams come from are copied into their topics, those its outputs go to
// are fed from theirs, beside the tasks and apart from them.
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FencedError } from '../../base/errors.ts'
import { fileSource } from '../../connectors/file/file-source.ts'
import { csvSink } from '../../connectors/file/csv-sink.ts'
import { checkFree } from '../../connectors/file/growing-file.ts'
import { linesSink } from '../../connectors/file/lines-sink.ts'
import type { Log } from '../../contracts/log.ts'
import type { Source } from '../../contracts/source.ts'
import type { FileSourcePlan, FileSinkPlan, StreamPlan } from '../../pipeline/plan.ts'
import type { Definition } from '../load-definition.ts'
import { positionsIn } from './copy-position.ts'
import { copySources, type CopyProgress } from './copy-source.ts'
import { StreamPlaces } from './event-places.ts'
import { feedSink, writeAtEnd } from './feed-sink.ts'
import { writeTopicFile } from './topic-file.ts'
import { streamFields } from './stream-fields.ts'

/** How long another run that copies the same files may be silent. */
const OTHER_SILENT_MS = 5000

export interface FileEdges {
  /** No more is copied in; what is in the topics of outputs is written out. */
  finish(): Promise<void>
}

export interface FileEdgesWatch {
  /** Told what stopped one of them; the others go on. */
  readonly failed: (error: unknown) => void
  /** Told how far a file is read. */
  readonly onReading: ((progress: CopyProgress) => void) | undefined
}

export function startFileEdges(
  { plan, folder }: Pick<Definition, 'plan' | 'folder'>,
  log: Log,
  { failed, onReading }: FileEdgesWatch,
): FileEdges {
  const stop = new AbortController()
  const working = [
    ...plan.fileSources.map((each) =>
      copyIn(log, each, { streams: plan.streams, folder, signal: stop.signal, onReading }),
    ),
    ...plan.fileSinks.map((each) => writeOut(log, each, { folder, finish: stop.signal })),
  ].map((work) => work.catch(failed))
  return {
    finish: async () => {
      stop.abort()
      await Promise.all(working)
    },
  }
}

async function copyIn(
  log: Log,
  { stream, topic, paths, options }: FileSourcePlan,
  of: Pick<FileEdgesWatch, 'onReading'> & {
    streams: readonly StreamPlan[]
    folder: string
    signal: AbortSignal
  },
): Promise<void> {
  const { streams, folder, signal, onReading } = of
  const plan = streams.find(({ name }) => name === stream)
  if (plan === undefined) return
  const { topic: _, strict, end = true, ...reading } = options
  const fields = streamFields(plan)
  const sources = paths.map((path): Source =>
    fileSource({
      ...reading,
      path: resolve(folder, path),
      name: path,
      fields,
      odd: strict === true ? 'stop' : 'pass',
    }),
  )
  const places = new StreamPlaces(plan)
  while (!signal.aborted) {
    try {
      const onProgress = (progress: CopyProgress): void => onReading?.(progress)
      await copySources(log, sources, {
        topic,
        partitions: undefined,
        places,
        end,
        signal,
        onProgress,
      })
      return
    } catch (error) {
      if (!(error instanceof FencedError)) throw error
    }
    // Another pipeline has a stream of the same files: it copies them. When it ends too early, this one goes on.
    if (await doneByOther(log, topic, { paths, signal })) return
  }
}

/** Whether another copied all of them; false once it has not gone on for a while. */
async function doneByOther(
  log: Log,
  topic: string,
  { paths, signal }: { paths: readonly string[]; signal: AbortSignal },
): Promise<boolean> {
  for (let before = ''; !signal.aborted;) {
    const positions = await positionsIn(log, topic)
    if (paths.every((path) => positions.get(path)?.finished === true)) return true
    const now = JSON.stringify([...positions])
    if (now === before) return false
    before = now
    await sleep(OTHER_SILENT_MS, undefined, { signal }).catch(() => {})
  }
  return false
}

async function writeOut(
  log: Log,
  plan: FileSinkPlan,
  { folder, finish }: { folder: string; finish: AbortSignal },
): Promise<void> {
  const { topic, path, format, columns, delimiter } = plan
  const file = resolve(folder, path)
  const begin = (): Promise<void> => checkFree(file)
  if (format === 'parquet') {
    const write = (): Promise<void> => writeWhole(log, plan, file)
    await writeAtEnd(log, { topic, name: path, begin, finish, write })
    return
  }
  const sink =
    format === 'csv'
      ? csvSink({ path: file, name: path, columns, delimiter })
      : linesSink({ path: file, name: path })
  await feedSink(log, { topic, sink, begin, finish })
}

async function writeWhole(log: Log, { topic, format }: FileSinkPlan, file: string): Promise<void> {
  const all = (await log.topic(topic))?.parts ?? []
  const parts = all.map(({ start, end }, partition) => ({ partition, from: start, to: end }))
  await mkdir(dirname(file), { recursive: true })
  await writeTopicFile(log, { topic, file, format, parts })
}
