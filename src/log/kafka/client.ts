// What is used of a maintained client for Kafka: its wire layer. From its files, because its entry loads the whole of it and compiles the schemas of all
// its options; the package holds what is used, in one file (scripts/build/bundle.ts), so that a process has it in a tenth of the time.
import {
  Connection,
  ConnectionStatuses,
} from '../../../node_modules/@platformatic/kafka/dist/network/connection.js'
import { ConnectionPool } from '../../../node_modules/@platformatic/kafka/dist/network/connection-pool.js'
import { Reader } from '../../../node_modules/@platformatic/kafka/dist/protocol/reader.js'
import { Writer } from '../../../node_modules/@platformatic/kafka/dist/protocol/writer.js'
import { crc32c } from '../../../node_modules/@platformatic/kafka/dist/protocol/crc32c.js'
import { compressionsAlgorithmsByBitmask } from '../../../node_modules/@platformatic/kafka/dist/protocol/compression.js'
import * as apiVersionsV4 from '../../../node_modules/@platformatic/kafka/dist/apis/metadata/api-versions-v4.js'

export {
  Connection,
  ConnectionPool,
  ConnectionStatuses,
  Reader,
  Writer,
  apiVersionsV4,
  compressionsAlgorithmsByBitmask,
  crc32c,
}
