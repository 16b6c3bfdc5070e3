// The group of a pipeline's supervisors on a cluster: joined, or only looked at.
import { openCluster } from './open-cluster.ts'
import type { GroupState, Membership, MembershipOptions } from '../../contracts/membership.ts'
import { GroupCoordinator } from './group-coordinator.ts'
import { KafkaGroupMember } from './group-member.ts'
import { describedGroup } from './gone-members.ts'
import { decodeGiven, decodeMember } from './group-words.ts'
import type { KafkaUrl } from './kafka-url.ts'

async function coordinatorOf(
  { brokers, prefix }: KafkaUrl,
  pipeline: string,
): Promise<GroupCoordinator> {
  const cluster = await openCluster(brokers)
  return new GroupCoordinator(cluster, `millrace.${prefix}${pipeline}`)
}

export async function openKafkaGroup(
  url: KafkaUrl,
  options: MembershipOptions,
): Promise<Membership> {
  return new KafkaGroupMember(await coordinatorOf(url, options.pipeline), options)
}

/** Who is there now. While tasks are given out nobody says what it is: then members are unnamed, and without tasks. */
export async function readKafkaGroup(url: KafkaUrl, pipeline: string): Promise<GroupState> {
  const coordinator = await coordinatorOf(url, pipeline)
  try {
    const { members } = await describedGroup(coordinator)
    const given = members.map(({ assignment }) => decodeGiven(assignment))
    return {
      members: members.map(({ member, metadata }, i) => {
        const told = metadata.length === 0 ? unnamed(member) : decodeMember(metadata)
        return { ...told, tasks: given[i].tasks, copies: given[i].copies }
      }),
      rebalances: Math.max(0, ...given.map(({ generation }) => generation)),
    }
  } finally {
    await coordinator.close()
  }
}

function unnamed(member: string): GroupState['members'][number] {
  return {
    name: member,
    host: '',
    pid: 0,
    since: 0,
    workers: 1,
    plan: '',
    standbys: 0,
    tasks: [],
    copies: [],
  }
}
