// Rights on a cluster with ACLs as errors name them, and how they are given.
import {
  AclOperations,
  AclPermissionTypes,
  ResourcePatternTypes,
  ResourceTypes,
  type Admin,
} from '@platformatic/kafka'
import { expect } from 'vitest'
import { MillraceError } from '../../src/base/errors.ts'

const OPERATIONS = {
  Alter: AclOperations.ALTER,
  AlterConfigs: AclOperations.ALTER_CONFIGS,
  Create: AclOperations.CREATE,
  Delete: AclOperations.DELETE,
  Describe: AclOperations.DESCRIBE,
  DescribeConfigs: AclOperations.DESCRIBE_CONFIGS,
  Read: AclOperations.READ,
  Write: AclOperations.WRITE,
} as const
const RESOURCES = {
  topic: ResourceTypes.TOPIC,
  group: ResourceTypes.GROUP,
  'transactional-id': ResourceTypes.TRANSACTIONAL_ID,
} as const

export interface Missing {
  readonly operation: keyof typeof OPERATIONS
  readonly resource: keyof typeof RESOURCES
  readonly name: string
}

/** @param prefixed whether on all whose names begin so. */
export async function grant(
  admin: Admin,
  { operation, resource, name }: Missing,
  principal: string,
  prefixed = false,
): Promise<void> {
  await admin.createAcls({
    creations: [
      {
        resourceType: RESOURCES[resource],
        resourceName: name,
        resourcePatternType: prefixed
          ? ResourcePatternTypes.PREFIXED
          : ResourcePatternTypes.LITERAL,
        principal,
        host: '*',
        operation: OPERATIONS[operation],
        permissionType: AclPermissionTypes.ALLOW,
      },
    ],
  })
}

/** @returns the right that was missing; undefined where none was. */
export async function missingIn(act: () => Promise<void>): Promise<Missing | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    const { operation, resource, name } = error.details
    if (typeof operation !== 'string' || typeof resource !== 'string') throw error
    if (!(operation in OPERATIONS) || !(resource in RESOURCES)) throw error
    // What a person reads says all of it.
    expect(error.message).toContain(`--operation ${operation} --${resource} '${String(name)}'`)
    expect(error.retryable).toBe(false)
    return {
      operation: operation as Missing['operation'],
      resource: resource as Missing['resource'],
      name: String(name),
    }
  }
}
