// The group of a pipeline's supervisors on a cluster: joined, or only looked at.
import { openCluster } from './open-cluster.ts'
import type {
  GroupState,
  MemberSelf,
  Membership,
  MembershipOptions,
} from '../../contracts/membership.ts'
import { NONE, UNKNOWN_MEMBER } from './codes.ts'
import { GroupCoordinator } from './group-coordinator.ts'
import { KafkaGroupMember } from './group-member.ts'
import { describeGroup, leaveGroup, type DescribedGroup } from './group-requests.ts'
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
    const { members } = await described(coordinator)
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

/** Says for members that are gone that they leave, so that nobody waits for the end of their sessions. One with a name of its own may come back. */
export async function leaveForGone(
  url: KafkaUrl,
  pipeline: string,
  isGone: (member: MemberSelf) => boolean,
): Promise<void> {
  const coordinator = await coordinatorOf(url, pipeline)
  try {
    const { group } = coordinator
    const { members } = await described(coordinator)
    for (const { member, instance, metadata } of members) {
      if (instance !== null || metadata.length === 0 || !isGone(decodeMember(metadata))) continue
      await coordinator.persist(
        'leave the group of a pipeline',
        () => leaveGroup({ group, member, instance }),
        { code: (code) => code, known: [NONE, UNKNOWN_MEMBER], operation: 'Read' },
      )
    }
  } finally {
    await coordinator.close()
  }
}

function described(coordinator: GroupCoordinator): Promise<DescribedGroup> {
  return coordinator.persist(
    'look at the group of a pipeline',
    () => describeGroup(coordinator.group),
    { code: ({ code }) => code, known: [NONE], operation: 'Describe' },
  )
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
