// Bytes of models in the log: in chunks, by digest, each digest once. Where they lie is an event of the control topic, which
// is appended with the last chunk: what a killed writer left before that is never looked at.
import { createHash } from 'node:crypto'
import { ModelError, StateError } from '../base/errors.ts'
import { oneRecord } from '../base/records.ts'
import type { Log } from '../contracts/log.ts'
import { readPartition } from '../engine/read-partition.ts'
import { artefactsTopic, controlTopic } from '../engine/task-names.ts'
import {
  CONTROL_WRITER,
  controlAppend,
  readControl,
  retryFenced,
  type ArtefactEvent,
} from './control.ts'

const CHUNK_BYTES = 512 << 10

export type ArtefactPlace = Pick<ArtefactEvent, 'digest' | 'offset' | 'chunks' | 'bytes'>

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Where the bytes of each digest lie. */
export async function artefactPlaces(log: Log): Promise<ReadonlyMap<string, ArtefactPlace>> {
  const places = new Map<string, ArtefactPlace>()
  await readControl(log, 0, (event) => {
    if (event.kind === 'artefact') places.set(event.digest, event)
  })
  return places
}

/** Makes sure that the bytes are in the log. @returns where. */
export async function keepArtefact(
  log: Log,
  bytes: Uint8Array,
  of: { pipeline: string; at: number },
): Promise<ArtefactPlace> {
  const digest = digestOf(bytes)
  await log.ensureTopic({ name: controlTopic(), partitions: 1 })
  await log.ensureTopic({ name: artefactsTopic(), partitions: 1 })
  return retryFenced(async () => {
    const known = (await artefactPlaces(log)).get(digest)
    return known ?? (await write(log, bytes, { ...of, digest }))
  })
}

/** Nobody else writes between two chunks: they would fence this writer first. */
async function write(
  log: Log,
  bytes: Uint8Array,
  of: { pipeline: string; at: number; digest: string },
): Promise<ArtefactPlace> {
  const writer = await log.openWriter(CONTROL_WRITER)
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES))
  const topic = artefactsTopic()
  let first = 0
  for (let chunk = 0; chunk < chunks - 1; chunk++) {
    const [offset] = await writer.append([chunkAppend(bytes, chunk, of)])
    if (chunk === 0) first = offset
  }
  if (chunks === 1) first = (await log.topic(topic))?.parts[0].end ?? 0
  const event: ArtefactEvent = {
    kind: 'artefact',
    ...of,
    offset: first,
    chunks,
    bytes: bytes.length,
  }
  const [last] = await writer.append([chunkAppend(bytes, chunks - 1, of), controlAppend(event)])
  await writer.close()
  if (last !== first + chunks - 1)
    throw new StateError(
      'ML_INTERNAL',
      `chunks of an artefact must follow each other; found the last of ${chunks} at ${last}, the first at ${first}`,
    )
  return event
}

function chunkAppend(
  bytes: Uint8Array,
  chunk: number,
  { at, digest }: { at: number; digest: string },
): { topic: string; partition: number; records: ReturnType<typeof oneRecord> } {
  const part = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES)
  return { topic: artefactsTopic(), partition: 0, records: oneRecord(at, digest, part) }
}

/** Reads the bytes back. @throws ModelError where they are not those of the digest. */
export async function readArtefact(log: Log, place: ArtefactPlace): Promise<Uint8Array> {
  const { digest, offset, chunks, bytes: length } = place
  const parts: Uint8Array[] = []
  await readPartition(log, { topic: artefactsTopic(), partition: 0, from: offset }, (at, value) => {
    if (at >= offset + chunks) return false
    parts.push(value.slice())
    return parts.length < chunks
  })
  const bytes = Buffer.concat(parts)
  const found = digestOf(bytes)
  if (found !== digest)
    throw new ModelError(
      'ML_MODEL',
      `a model's bytes in the log must have the digest ${digest.slice(0, 12)} they are known by; found ${found.slice(0, 12)} in ${bytes.length} of ${length} bytes; restore the log's folder from a copy`,
      { details: { digest, topic: artefactsTopic(), offset } },
    )
  return bytes
}
