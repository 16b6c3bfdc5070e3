// The group of supervisors that share a pipeline's tasks: those of a cluster; a folder's pipeline has one supervisor.
import { DefinitionError } from '../base/errors.ts'
import type { GroupState, Membership, MembershipOptions } from '../contracts/membership.ts'
import { isKafkaUrl, kafkaUrl } from './kafka/kafka-url.ts'
import { openKafkaGroup, readKafkaGroup } from './kafka/open-group.ts'
import { SoleMember } from './sole-member.ts'

/** What a cluster takes. */
const NAME = /^[\w.-]{1,200}$/

/** @param url as `openLog` takes it. @throws DefinitionError ML_USAGE for a name of its own, or copies, where there are no others, or a name that a cluster does not take. */
export async function openMembership(url: string, options: MembershipOptions): Promise<Membership> {
  const { fixed, self } = options
  const shared = isKafkaUrl(url)
  if (fixed && (!shared || !NAME.test(self.name))) {
    throw new DefinitionError(
      `--member must be a name of letters, digits, '.', '_' and '-' for one of several runs on Kafka; found '${self.name}'${shared ? '' : ` for the log at ${url}, whose pipeline one run has for itself`}`,
      { code: 'ML_USAGE' },
    )
  }
  if (self.standbys > 0 && !shared) {
    throw new DefinitionError(
      `--standby is for several runs on Kafka, which keep copies for each other; found it for the log at ${url}, whose pipeline one run has for itself; leave it out`,
      { code: 'ML_USAGE' },
    )
  }
  return shared ? openKafkaGroup(kafkaUrl(url), options) : new SoleMember(options)
}

/** @returns undefined where a log has no groups. */
export function readGroup(url: string, pipeline: string): Promise<GroupState | undefined> {
  return isKafkaUrl(url) ? readKafkaGroup(kafkaUrl(url), pipeline) : Promise.resolve(undefined)
}
