// Requests about topics: making them, their settings, their size, and letting go of old records.
import { appendPartitions, type Request, type TopicPartitions } from './requests.ts'

export interface NewTopic {
  readonly name: string
  readonly partitions: number
  /** undefined: as many as the cluster says. */
  readonly replicas: number | undefined
  readonly settings: ReadonlyMap<string, string>
}

export interface Outcome {
  readonly code: number
  readonly message: string | undefined
}

export function createTopic(
  { name, partitions, replicas = -1, settings }: NewTopic,
  timeoutMs: number,
): Request<Outcome> {
  return {
    key: 19,
    version: 7,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([name], (w) =>
          w
            .appendString(name)
            .appendInt32(partitions)
            .appendInt16(replicas)
            .appendArray([], () => undefined)
            .appendArray([...settings], (each, [key, value]) =>
              each.appendString(key).appendString(value),
            ),
        )
        .appendInt32(timeoutMs)
        .appendBoolean(false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [outcome] = reader.readArray((r) => {
        r.readString()
        r.readUUID()
        const code = r.readInt16()
        const message = r.readNullableString() ?? undefined
        r.readInt32()
        r.readInt16()
        r.readNullableArray(() => {
          r.readString()
          r.readNullableString()
          r.readBoolean()
          r.readInt8()
          r.readBoolean()
        })
        return { code, message }
      })
      return outcome
    },
  }
}

/** Adds partitions to a topic, so that it has that many. */
export function createPartitions(
  { topic, partitions }: { readonly topic: string; readonly partitions: number },
  timeoutMs: number,
): Request<Outcome> {
  return {
    key: 37,
    version: 3,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([topic], (w) =>
          w
            .appendString(topic)
            .appendInt32(partitions)
            .appendArray(null, () => undefined),
        )
        .appendInt32(timeoutMs)
        .appendBoolean(false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [outcome] = reader.readArray((r) => {
        r.readString()
        const code = r.readInt16()
        const message = r.readNullableString() ?? undefined
        return { code, message }
      })
      return outcome
    },
  }
}

const TOPIC = 2

export interface Settings extends Outcome {
  readonly topic: string
  readonly values: ReadonlyMap<string, string>
}

export function describeSettings(
  topics: readonly string[],
  names: readonly string[],
): Request<readonly Settings[]> {
  return {
    key: 32,
    version: 4,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([...topics], (w, topic) =>
          w
            .appendInt8(TOPIC)
            .appendString(topic)
            .appendArray([...names], (each, name) => each.appendString(name), true, false),
        )
        .appendBoolean(false)
        .appendBoolean(false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return reader.readArray((r) => {
        const code = r.readInt16()
        const message = r.readNullableString() ?? undefined
        r.readInt8()
        const topic = r.readString()
        const values = new Map(
          r.readArray((each) => {
            const name = each.readString()
            const value = each.readNullableString() ?? ''
            each.readBoolean()
            each.readInt8()
            each.readBoolean()
            each.readArray(() => {
              each.readString()
              each.readNullableString()
              each.readInt8()
            })
            each.readInt8()
            each.readNullableString()
            return [name, value] as const
          }),
        )
        return { code, message, topic, values }
      })
    },
  }
}

const SET = 0

export function changeSettings(
  topic: string,
  settings: ReadonlyMap<string, string>,
): Request<Outcome> {
  return {
    key: 44,
    version: 1,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([topic], (w) =>
          w
            .appendInt8(TOPIC)
            .appendString(topic)
            .appendArray([...settings], (each, [name, value]) =>
              each.appendString(name).appendInt8(SET).appendString(value),
            ),
        )
        .appendBoolean(false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [outcome] = reader.readArray((r) => {
        const code = r.readInt16()
        const message = r.readNullableString() ?? undefined
        r.readInt8()
        r.readString()
        return { code, message }
      })
      return outcome
    },
  }
}

/** @param before offset of the first record that stays; -1: none does. */
export function deleteRecords(
  {
    topic,
    partition,
    before,
  }: { readonly topic: string; readonly partition: number; readonly before: number },
  timeoutMs: number,
): Request<number> {
  return {
    key: 21,
    version: 2,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([topic], (w) =>
          w
            .appendString(topic)
            .appendArray([partition], (each) =>
              each.appendInt32(partition).appendInt64(BigInt(before)),
            ),
        )
        .appendInt32(timeoutMs)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const codes = reader.readArray((r) => {
        r.readString()
        return r.readArray(() => {
          r.readInt32()
          r.readInt64()
          return r.readInt16()
        })
      })
      return codes.flat()[0]
    },
  }
}

export interface PartitionSize {
  readonly topic: string
  readonly partition: number
  readonly bytes: number
}

/** Of the replicas that the broker that is asked has. */
export function describeSizes(
  topics: readonly TopicPartitions[],
): Request<readonly PartitionSize[]> {
  return {
    key: 35,
    version: 4,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([...topics], appendPartitions)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      reader.readInt16()
      return reader
        .readArray((r) => {
          r.readInt16()
          r.readString()
          const sizes = r.readArray(() => {
            const topic = r.readString()
            return r.readArray(() => {
              const partition = r.readInt32()
              const bytes = Number(r.readInt64())
              r.readInt64()
              r.readBoolean()
              return { topic, partition, bytes }
            })
          })
          r.readInt64()
          r.readInt64()
          return sizes.flat()
        })
        .flat()
    },
  }
}
