// What lies where in a transaction: each partition's rows, in the order of the appends, and the offsets they came to.
import { ConnectorError, FencedError, type MillraceError } from '../../base/errors.ts'
import type { Append } from '../../contracts/log.ts'
import type { Cluster } from './cluster.ts'
import type { PlacedRows } from './cut-batches.ts'
import { codeText, isFencing } from './codes.ts'
import type { Rows } from './encode-batch.ts'
import type { BrokerAddress, Producer } from './requests.ts'
import type { Right } from './rights.ts'

/** What one partition gets in a transaction. */
export interface Part {
  readonly topic: string
  readonly partition: number
  readonly rows: Rows[]
  /** Offset of each of `rows`. */
  readonly offsets: number[]
  /** Offset behind the last of them. */
  end: number
}

export interface Place {
  readonly part: Part
  /** Among the rows of the part. */
  readonly at: number
}

export interface Sealed {
  readonly part: Part
  readonly partition: number
  readonly batch: Buffer
  /** Told the offset of its first record. */
  readonly took: (baseOffset: number) => void
}

/** A transaction that is open. */
export interface Transaction {
  readonly producer: Producer
  /** Whether it is one of the second protocol. */
  readonly second: boolean
  /** Asks who looks after it, until there is an answer. `right`: what is missing where the code is none of the transactional id. */
  readonly askCoordinator: (
    what: string,
    ask: (coordinator: BrokerAddress) => Promise<{ readonly code: number; readonly right?: Right }>,
  ) => Promise<void>
  /** @throws FencedError where a code says that it has a successor. */
  readonly checkFencing: (code: number) => void
}

/** Why an append cannot be: its partition is not there. */
export async function misfit(
  appends: readonly Append[],
  { cluster, named }: { readonly cluster: Cluster; readonly named: (topic: string) => string },
): Promise<MillraceError | undefined> {
  for (const { topic, partition } of appends) {
    const found = await cluster.topic(named(topic))
    if (found === undefined || found.leaders[partition] === undefined) {
      return new ConnectorError(
        'ML_TOPIC',
        `an append must go to a partition that is there; found ${found === undefined ? 'no topic' : `${found.leaders.length} partitions of topic`} '${topic}', not partition ${partition}`,
        { details: { topic, partition } },
      )
    }
  }
  return undefined
}

/** Puts an append behind what its partition gets already. */
export function placeOf(parts: Map<string, Part>, { topic, partition, records }: Append): Place {
  const key = `${topic}/${partition}`
  const part = parts.get(key) ?? { topic, partition, rows: [], offsets: [], end: 0 }
  parts.set(key, part)
  return { part, at: part.rows.push({ records, from: 0, to: records.count }) - 1 }
}

/** Takes note of where a batch came to lie. */
export function note(part: Part, rows: readonly PlacedRows[], baseOffset: number): void {
  let offset = baseOffset
  for (const { at, from, to } of rows) {
    part.offsets[at] ??= offset - from
    offset += to - from
  }
  part.end = offset
}

/** Batches by who leads their partitions; those that nobody leads now are left out. */
export async function byLeader(
  sealed: readonly Sealed[],
  { cluster, named }: { readonly cluster: Cluster; readonly named: (topic: string) => string },
): Promise<[BrokerAddress, Sealed[]][]> {
  const groups = new Map<string, [BrokerAddress, Sealed[]]>()
  for (const each of sealed) {
    const leader = await cluster.leaderOf(named(each.part.topic), each.partition)
    if (leader === undefined) continue
    const key = `${leader.host}:${leader.port}`
    const group = groups.get(key) ?? [leader, []]
    groups.set(key, group)
    group[1].push(each)
  }
  return [...groups.values()]
}

/** @throws FencedError where a code says that the writer of that name has a successor. */
export function checkFencing(writer: string, code: number, undecided = false): void {
  if (!isFencing(code)) return
  throw new FencedError(
    `the writer '${writer}' must be the newest of its name; found another: ${codeText(code)}`,
    undecided ? { details: { undecided } } : undefined,
  )
}
