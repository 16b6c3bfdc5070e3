// Members whose processes are no more: nobody need wait for the end of their sessions. They are taken out behind the request of one that
// joins, so that the group is never empty in between: a broker waits for further members of an empty group, 3 s by default
// (group.initial.rebalance.delay.ms, KIP-134).
import { setTimeout as sleep } from 'node:timers/promises'
import type { MemberSelf } from '../../contracts/membership.ts'
import { NONE, UNKNOWN_MEMBER } from './codes.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import {
  describeGroup,
  leaveGroup,
  type DescribedGroup,
  type GroupMember,
} from './group-requests.ts'
import { decodeMember } from './group-words.ts'

const LOOKS_MAX = 100
const LOOK_MS = 20

export function describedGroup(coordinator: GroupCoordinator): Promise<DescribedGroup> {
  return coordinator.persist(
    'look at the group of a pipeline',
    () => describeGroup(coordinator.group),
    { code: ({ code }) => code, known: [NONE], operation: 'Describe' },
  )
}

/** Ids of members that are gone. While tasks are given out nobody says what it is: then none is found. */
export async function goneMembers(
  coordinator: GroupCoordinator,
  isGone: (member: MemberSelf) => boolean,
): Promise<string[]> {
  const { members } = await describedGroup(coordinator)
  return members.flatMap(({ member, instance, metadata }) =>
    instance === null && metadata.length > 0 && isGone(decodeMember(metadata)) ? [member] : [],
  )
}

/** Says for them that they leave, once the group knows of the one that joins. */
export async function leaveForGone(
  coordinator: GroupCoordinator,
  gone: readonly string[],
  joining: () => GroupMember,
): Promise<void> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const { members } = await describedGroup(coordinator)
    const { member: own, instance: name } = joining()
    if (
      members.some(({ member, instance }) => member === own || (name !== null && instance === name))
    )
      break
    await sleep(LOOK_MS)
  }
  const { group } = coordinator
  for (const member of gone)
    await coordinator.persist(
      'leave the group of a pipeline',
      () => leaveGroup({ group, member, instance: null }),
      { code: (code) => code, known: [NONE, UNKNOWN_MEMBER], operation: 'Read' },
    )
}
