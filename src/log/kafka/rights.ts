// What a user of a cluster with ACLs must be allowed to do, and how to allow it: an error names the one right that is missing.
import { ConnectorError } from '../../base/errors.ts'
import { codeText, GROUP_DENIED, TOPIC_DENIED } from './codes.ts'

/** `Describe` of a cluster is for the sizes of partitions alone: without it they are told as 0. */
export interface Right {
  readonly operation:
    | 'Alter'
    | 'AlterConfigs'
    | 'Create'
    | 'Delete'
    | 'Describe'
    | 'DescribeConfigs'
    | 'Read'
    | 'Write'
  readonly on: 'topic' | 'group' | 'transactional-id'
  readonly name: string
}

const DENIED = new Set([
  TOPIC_DENIED,
  GROUP_DENIED,
  31, // CLUSTER_AUTHORIZATION_FAILED
  53, // TRANSACTIONAL_ID_AUTHORIZATION_FAILED
])

/** A request for several things does none of them where one is forbidden (OPERATION_NOT_ATTEMPTED): the code of that one tells. */
const NOT_ATTEMPTED = 55

export function isDenied(code: number): boolean {
  return DENIED.has(code)
}

/** The one that tells why, of the codes of a request's parts. */
export function tellingCode<T extends { readonly code: number }>(
  parts: readonly T[],
): T | undefined {
  const failed = parts.filter(({ code }) => code !== 0)
  return failed.find(({ code }) => code !== NOT_ATTEMPTED) ?? failed[0]
}

/** Trying again would find the same. */
export function denied(code: number, { operation, on, name }: Right): ConnectorError {
  return new ConnectorError(
    'ML_CONNECTION',
    `the user of this log must be allowed to ${operation} the ${on.replace('-', ' ')} '${name}'; found ${codeText(code)}; grant it: kafka-acls.sh --add --allow-principal User:NAME --operation ${operation} --${on} '${name}'`,
    { details: { operation, resource: on, name } },
  )
}

/** What a producer must be allowed to: write to the topic that is denied, or under its name. */
export function rightToWrite(
  transactionalId: string,
  { code, topic }: { readonly code: number; readonly topic?: string },
): Right {
  return code === TOPIC_DENIED && topic !== undefined
    ? { operation: 'Write', on: 'topic', name: topic }
    : { operation: 'Write', on: 'transactional-id', name: transactionalId }
}
