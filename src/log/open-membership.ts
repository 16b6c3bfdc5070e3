// The group of supervisors that share a pipeline's tasks: those of a cluster; a folder's pipeline has one supervisor.
import type { GroupState, Membership, MembershipOptions } from '../contracts/membership.ts'
import { isKafkaUrl, kafkaUrl } from './kafka/kafka-url.ts'
import { openKafkaGroup, readKafkaGroup } from './kafka/open-group.ts'
import { SoleMember } from './sole-member.ts'

/** @param url as `openLog` takes it. */
export function openMembership(url: string, options: MembershipOptions): Promise<Membership> {
  return isKafkaUrl(url)
    ? openKafkaGroup(kafkaUrl(url), options)
    : Promise.resolve(new SoleMember(options))
}

/** @returns undefined where a log has no groups. */
export function readGroup(url: string, pipeline: string): Promise<GroupState | undefined> {
  return isKafkaUrl(url) ? readKafkaGroup(kafkaUrl(url), pipeline) : Promise.resolve(undefined)
}
