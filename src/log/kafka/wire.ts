// The wire layer of a maintained client: connections, and what reads and writes the protocol's types. Loaded only where a log is on Kafka.
// Nothing else of the client is used: its producer, transactions and streams lose or repeat records under failure.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { ConnectorError } from '../../base/errors.ts'

type Client = typeof import('@platformatic/kafka')

const USED = [
  'Connection',
  'ConnectionPool',
  'ConnectionStatuses',
  'Reader',
  'Writer',
  'apiVersionsV4',
  'compressionsAlgorithmsByBitmask',
  'crc32c',
] as const

export type Wire = Pick<Client, (typeof USED)[number]>
export type Connection = InstanceType<Wire['Connection']>
export type Reader = InstanceType<Wire['Reader']>
export type Writer = InstanceType<Wire['Writer']>

/** Files of the client, beside its entry. */
const PARTS = [
  'network/connection.js',
  'network/connection-pool.js',
  'protocol/reader.js',
  'protocol/writer.js',
  'protocol/crc32c.js',
  'protocol/compression.js',
  'apis/index.js',
]

/** @throws ConnectorError ML_DEPENDENCY when the package is not installed. */
export async function loadWire(): Promise<Wire> {
  try {
    return (await loadParts()) ?? (await import('@platformatic/kafka'))
  } catch (cause) {
    throw new ConnectorError(
      'ML_DEPENDENCY',
      "a log on Kafka needs the package '@platformatic/kafka'; found none: npm install @platformatic/kafka@~2.12",
      { cause },
    )
  }
}

/**
 * What is used alone: the whole client compiles the schemas of all its options when it is loaded, which takes every process a third longer.
 * @returns undefined where the files of an installed version lie elsewhere.
 */
export async function loadParts(): Promise<Wire | undefined> {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve('@platformatic/kafka'))
  try {
    const parts = PARTS.map((part): Promise<Partial<Wire>> => import(new URL(part, entry).href))
    const wire: Partial<Wire> = Object.assign({}, ...(await Promise.all(parts)))
    return isWhole(wire) ? wire : undefined
  } catch {
    return undefined
  }
}

function isWhole(wire: Partial<Wire>): wire is Wire {
  return USED.every((name) => wire[name] !== undefined)
}
