// Bytes of models in the log: in chunks, by digest. Where they lie is an event of the control topic, written when all chunks are
// durable: what a killed writer left is never looked at. Chunks of several uploads may lie between each other; each upload
// has a name of its own, so that none of them ever has to wait for another.
import { createHash, randomUUID } from 'node:crypto'
import { ModelError } from '../../base/errors.ts'
import { oneRecord, recordText, valueBytes } from '../../base/records.ts'
import type { Log } from '../../contracts/log.ts'
import { artefactsTopic } from '../../engine/task-names.ts'
import { readControl, record, type ArtefactEvent } from '../control.ts'

const CHUNK_BYTES = 512 << 10

export type ArtefactPlace = Pick<ArtefactEvent, 'digest' | 'upload' | 'from' | 'to' | 'bytes'>

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Where the bytes of each digest lie. */
export async function artefactPlaces(log: Log): Promise<ReadonlyMap<string, ArtefactPlace>> {
  const places = new Map<string, ArtefactPlace>()
  await readControl(log, 0, (event) => {
    // Two processes that keep the same bytes at the same time both do; the first is meant.
    if (event.kind === 'artefact' && !places.has(event.digest)) places.set(event.digest, event)
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
  const known = (await artefactPlaces(log)).get(digest)
  if (known !== undefined) return known
  const upload = randomUUID()
  const range = await upChunks(log, bytes, { upload, at: of.at })
  const event: ArtefactEvent = {
    kind: 'artefact',
    ...of,
    digest,
    upload,
    ...range,
    bytes: bytes.length,
  }
  await record(log, event)
  return event
}

/** @returns the offsets of the first chunk and after the last. */
async function upChunks(
  log: Log,
  bytes: Uint8Array,
  { upload, at }: { upload: string; at: number },
): Promise<{ from: number; to: number }> {
  const topic = artefactsTopic()
  await log.ensureTopic({ name: topic, partitions: 1 })
  const writer = await log.openWriter(`artefact/${upload}`)
  const offsets: number[] = []
  for (let start = 0; start < bytes.length || start === 0; start += CHUNK_BYTES) {
    const chunk = bytes.subarray(start, start + CHUNK_BYTES)
    const records = oneRecord(at, upload, chunk)
    offsets.push(...(await writer.append([{ topic, partition: 0, records }])))
  }
  await writer.close()
  return { from: offsets[0], to: offsets[offsets.length - 1] + 1 }
}

/** Reads the bytes back. @throws ModelError where they are not those of the digest. */
export async function readArtefact(log: Log, place: ArtefactPlace): Promise<Uint8Array> {
  const { digest, upload, from, to, bytes: length } = place
  const topic = artefactsTopic()
  const parts: Uint8Array[] = []
  for (let offset = from; offset < to;) {
    const { runs, next } = await log.read([{ topic, partition: 0, offset }], {
      maxBytes: 4 * CHUNK_BYTES,
      maxWaitMs: 0,
    })
    for (const { offsets, records } of runs) {
      for (let i = 0; i < records.count; i++) {
        const wanted = offsets[i] >= offset && offsets[i] < to
        if (wanted && recordText(records, i, 'key') === upload)
          parts.push(valueBytes(records, i).slice())
      }
    }
    if (next[0].offset <= offset) break
    offset = next[0].offset
  }
  const bytes = Buffer.concat(parts)
  const found = digestOf(bytes)
  if (found === digest) return bytes
  throw new ModelError(
    'ML_MODEL',
    `a model's bytes in the log must have the digest ${digest.slice(0, 16)} they are known by; found ${found.slice(0, 16)} in ${bytes.length} of ${length} bytes; restore the log's folder from a copy`,
    { details: { digest, topic, offset: from } },
  )
}
