// Partitions by who leads them: a request about many of them goes to each leader once.
import type { Cluster } from './cluster.ts'
import type { BrokerAddress, TopicPartitions } from './requests.ts'

export interface ByLeader {
  readonly groups: readonly (readonly [BrokerAddress, readonly TopicPartitions[]])[]
  /** Those that nobody leads now. */
  readonly leaderless: readonly TopicPartitions[]
}

export async function partitionsByLeader(
  cluster: Cluster,
  topics: readonly TopicPartitions[],
): Promise<ByLeader> {
  const groups = new Map<string, { leader: BrokerAddress; of: Map<string, number[]> }>()
  const leaderless = new Map<string, number[]>()
  for (const { topic, partitions } of topics) {
    for (const partition of partitions) {
      const leader = await cluster.leaderOf(topic, partition)
      let of = leaderless
      if (leader !== undefined) {
        const key = `${leader.host}:${leader.port}`
        const group = groups.get(key) ?? { leader, of: new Map() }
        groups.set(key, group)
        of = group.of
      }
      const known = of.get(topic)
      if (known === undefined) of.set(topic, [partition])
      else known.push(partition)
    }
  }
  return {
    groups: [...groups.values()].map(({ leader, of }) => [leader, listed(of)]),
    leaderless: listed(leaderless),
  }
}

function listed(of: ReadonlyMap<string, readonly number[]>): readonly TopicPartitions[] {
  return [...of].map(([topic, partitions]) => ({ topic, partitions }))
}
