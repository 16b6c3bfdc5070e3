// Requests of the classic group protocol: joining, what the leader gives out, being alive, leaving, and who is there.
// Source: Apache Kafka protocol guide; KIP-62, KIP-345, KIP-394, KIP-814.
import type { Request } from './requests.ts'

export const PROTOCOL_TYPE = 'millrace'
/** Of what members tell each other: another format is another name. */
export const PROTOCOL = 'tasks-2'

/** Who asks, in a round. */
export interface GroupMember {
  readonly group: string
  /** '' before the coordinator gave one. */
  readonly member: string
  /** Of static membership; null: none. */
  readonly instance: string | null
}

export interface Joined {
  readonly code: number
  readonly generation: number
  readonly member: string
  readonly leader: string
  /** Of a leader that came back: what was given out stands. */
  readonly skip: boolean
  /** What each member told; for the leader only. */
  readonly members: readonly { readonly member: string; readonly metadata: Buffer }[]
}

/** Answered when all members have asked, or those that did not are out: it waits. */
export function joinGroup(
  { group, member, instance }: GroupMember,
  of: {
    readonly metadata: Buffer
    readonly sessionMs: number
    readonly rebalanceMs: number
    readonly reason: string
  },
): Request<Joined> {
  return {
    key: 11,
    version: 9,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(group)
        .appendInt32(of.sessionMs)
        .appendInt32(of.rebalanceMs)
        .appendString(member)
        .appendString(instance)
        .appendString(PROTOCOL_TYPE)
        .appendArray([PROTOCOL], (w, name) => w.appendString(name).appendBytes(of.metadata))
        .appendString(of.reason)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const code = reader.readInt16()
      const generation = reader.readInt32()
      reader.readNullableString()
      reader.readNullableString()
      const leader = reader.readString()
      const skip = reader.readBoolean()
      const own = reader.readString()
      const members = reader.readArray((r) => {
        const id = r.readString()
        r.readNullableString()
        return { member: id, metadata: Buffer.from(r.readBytes()) }
      })
      return { code, generation, leader, skip, member: own, members }
    },
  }
}

export interface Synced {
  readonly code: number
  readonly assignment: Buffer
}

/** @param assignments by member, from the leader; empty from others. */
export function syncGroup(
  { group, member, instance }: GroupMember,
  generation: number,
  assignments: readonly (readonly [member: string, assignment: Buffer])[],
): Request<Synced> {
  return {
    key: 14,
    version: 5,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(group)
        .appendInt32(generation)
        .appendString(member)
        .appendString(instance)
        .appendString(PROTOCOL_TYPE)
        .appendString(PROTOCOL)
        .appendArray([...assignments], (w, [to, assignment]) =>
          w.appendString(to).appendBytes(assignment),
        )
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const code = reader.readInt16()
      reader.readNullableString()
      reader.readNullableString()
      return { code, assignment: Buffer.from(reader.readBytes()) }
    },
  }
}

/** @returns the code. */
export function heartbeat(
  { group, member, instance }: GroupMember,
  generation: number,
): Request<number> {
  return {
    key: 12,
    version: 4,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(group)
        .appendInt32(generation)
        .appendString(member)
        .appendString(instance)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return reader.readInt16()
    },
  }
}

/** @returns the code. */
export function leaveGroup({ group, member, instance }: GroupMember): Request<number> {
  return {
    key: 13,
    version: 4,
    write: ({ Writer }) =>
      Writer.create()
        .appendString(group)
        .appendArray([member], (w, id) => w.appendString(id).appendString(instance))
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      return reader.readInt16()
    },
  }
}

export interface DescribedGroup {
  readonly code: number
  /** `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty` or `Dead`. */
  readonly state: string
  readonly members: readonly {
    readonly member: string
    /** The name it has for itself; null: none. */
    readonly instance: string | null
    /** Empty while tasks are given out. */
    readonly metadata: Buffer
    readonly assignment: Buffer
  }[]
}

export function describeGroup(group: string): Request<DescribedGroup> {
  return {
    key: 15,
    version: 5,
    write: ({ Writer }) =>
      Writer.create()
        .appendArray([group], (w, id) => w.appendString(id), true, false)
        .appendBoolean(false)
        .appendTaggedFields(),
    read: (reader) => {
      reader.readInt32()
      const [found] = reader.readArray((r) => {
        const code = r.readInt16()
        r.readString()
        const state = r.readString()
        r.readString()
        r.readString()
        const members = r.readArray((each) => {
          const member = each.readString()
          const instance = each.readNullableString()
          each.readString()
          each.readString()
          const metadata = Buffer.from(each.readBytes())
          return { member, instance, metadata, assignment: Buffer.from(each.readBytes()) }
        })
        r.readInt32()
        return { code, state, members }
      })
      return found
    },
  }
}
