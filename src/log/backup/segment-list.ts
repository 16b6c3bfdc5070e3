// The segment files that a checkpoint names, and how many bytes of each count.
import { Catalog } from '../embedded/catalog.ts'
import { restoreCatalog, type Checkpoint } from '../embedded/checkpoint.ts'
import { segmentName } from '../embedded/segment-files.ts'

export interface SegmentFile {
  readonly name: string
  readonly topic: string
  /** Of the topic. */
  readonly number: number
  readonly partition: number
  /** Offset of its first record, and of the record behind its last. */
  readonly base: number
  readonly end: number
  /** What lies behind does not count. */
  readonly bytes: number
}

/** By topic and partition, oldest first. */
export function segmentsOf(checkpoint: Checkpoint): SegmentFile[] {
  const catalog = new Catalog()
  restoreCatalog(checkpoint, catalog)
  const files: SegmentFile[] = []
  for (const { number, spec, partitions } of catalog.topics.values()) {
    for (const partition of partitions) {
      for (const segment of partition.segments) {
        const { base, end, bytes } = segment
        const name = segmentName(partition, segment)
        files.push({
          name,
          topic: spec.name,
          number,
          partition: partition.index,
          base,
          end,
          bytes,
        })
      }
    }
  }
  return files
}
