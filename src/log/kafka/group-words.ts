// What members of a group tell each other, as JSON: each says who it is and what it runs, the leader says what each is to run.
import type { Member } from '../../contracts/membership.ts'

/** What a member tells: the tasks it runs and the copies it holds are those of now. */
export function encodeMember(member: Member): Buffer {
  return Buffer.from(JSON.stringify(member))
}

export function decodeMember(metadata: Buffer): Member {
  const told: Member = JSON.parse(metadata.toString('utf8'))
  return { ...told, workers: Math.max(1, told.workers) }
}

export interface Given {
  readonly tasks: readonly string[]
  /** Tasks that it is to keep copies of. */
  readonly copies: readonly string[]
  /** Members of the group, this one included. */
  readonly members: number
  readonly generation: number
}

const NOTHING: Given = { tasks: [], copies: [], members: 0, generation: 0 }

export function encodeGiven(given: Given): Buffer {
  return Buffer.from(JSON.stringify(given))
}

/** A member that joined when its leader did not know of it is given nothing. */
export function decodeGiven(assignment: Buffer): Given {
  return assignment.length === 0 ? NOTHING : JSON.parse(assignment.toString('utf8'))
}
