// The log on Kafka. Those that need a broker are tried with `--kafka` alone.
import type { PlantedBug } from './bug.ts'

export const kafkaBugs: readonly PlantedBug[] = [
  {
    name: 'aborted-records-given',
    does: 'Gives the records of transactions that were aborted.',
    file: 'src/log/kafka/decode-batches.ts',
    text: `    return (attributes & TRANSACTIONAL) !== 0 && this.#aborted.has(producerId)`,
    becomes: `    return false`,
    foundBy: [{ test: 'test/log/kafka/batches.test.ts' }],
  },
  {
    name: 'aborted-for-ever',
    does: 'Leaves out what a producer commits after a transaction that it aborted.',
    file: 'src/log/kafka/decode-batches.ts',
    text: `      if (controlType(batch) === ABORT) this.#aborted.delete(producerId)
`,
    becomes: ``,
    foundBy: [{ test: 'test/log/kafka/batches.test.ts' }],
  },
  {
    name: 'markers-not-passed',
    does: 'Asks again for what lies behind the last record, though only markers do.',
    file: 'src/log/kafka/decode-batches.ts',
    text: `    this.#next = Math.max(this.#next, last + 1)
    if (this.#isLeftOut(batch, attributes, last)) return`,
    becomes: `    if (this.#isLeftOut(batch, attributes, last)) return
    this.#next = Math.max(this.#next, last + 1)`,
    foundBy: [{ test: 'test/log/kafka/batches.test.ts' }],
  },
  {
    name: 'batch-crc-not-checked',
    does: 'Takes a batch whose bytes do not fit their check sum.',
    file: 'src/log/kafka/decode-batches.ts',
    text: `if (this.#wire.crc32c(batch.subarray(21)) >>> 0 !== batch.readUInt32BE(17))`,
    becomes: `if (batch.length < HEADER_BYTES)`,
    foundBy: [{ test: 'test/log/kafka/batches.test.ts' }],
  },
  {
    name: 'records-before-the-offset-given',
    does: 'Gives records of a batch that lie before the offset that was asked for.',
    file: 'src/log/kafka/decode-batches.ts',
    text: `if (offset >= this.#from) this.#record(reader, offset, time)`,
    becomes: `if (offset >= base) this.#record(reader, offset, time)`,
    foundBy: [{ test: 'test/log/kafka/batches.test.ts' }],
  },
  {
    name: 'long-varint-by-32-bits',
    does: 'Writes a distance of times that does not fit 32 bits as if it did.',
    file: 'src/log/kafka/encode-batch.ts',
    text: `if (value >= -0x4000_0000 && value < 0x4000_0000) return this.#varint(value)`,
    becomes: `if (Number.isSafeInteger(value)) return this.#varint(value)`,
    foundBy: [{ test: 'test/log/kafka/batches.test.ts' }],
  },
  {
    name: 'name-not-fenced-on-takeover',
    does: 'Opens the name of a task as a transactional id of its own, so that its last owner is not fenced.',
    file: 'src/log/kafka/transactional-writer.ts',
    text: `    const { cluster, transactionalId } = options
    // Asked before`,
    becomes: `    const { cluster } = options
    const transactionalId = \`\${options.transactionalId}.\${process.pid}.\${performance.now()}\`
    // Asked before`,
    foundBy: [{ kafka: 'test/kafka/log.test.ts' }, { kafka: 'test/kafka/zombies.test.ts' }],
  },
  {
    name: 'fencing-taken-for-a-pause',
    does: 'Asks again where a broker says that another has the name.',
    file: 'src/log/kafka/transaction-parts.ts',
    text: `  if (!isFencing(code)) return
`,
    becomes: `  if (code !== 0) return
`,
    foundBy: [{ kafka: 'test/kafka/log.test.ts' }, { kafka: 'test/kafka/zombies.test.ts' }],
  },
  {
    name: 'goes-on-after-unanswered-end',
    does: 'Begins the next transaction under the epoch of one whose end got no answer.',
    file: 'src/log/kafka/transactional-writer.ts',
    text: `      if (this.#isUnsure) await this.#leaveBehind(full)`,
    becomes: `      this.#isUnsure = false`,
    foundBy: [{ kafka: 'test/kafka/delays.test.ts' }],
  },
  {
    name: 'reads-what-is-not-committed',
    does: 'Fetches records of transactions that have not ended.',
    file: 'src/log/kafka/read-requests.ts',
    text: `.appendInt8(1) // what is committed only`,
    becomes: `.appendInt8(0)`,
    foundBy: [{ kafka: 'test/kafka/failures.test.ts' }],
  },
  {
    name: 'hanging-transaction-left-open',
    does: 'Leaves open what the cluster has left open of a transaction that is decided: the next commit decides it again.',
    file: 'src/log/kafka/transactional-writer.ts',
    text: `    if (fate !== undefined) await writer.#endHanging(fate)`,
    becomes: ``,
    foundBy: [{ kafka: 'test/kafka/hanging.test.ts' }],
  },
  {
    name: 'hanging-transaction-always-aborted',
    does: 'Aborts what hangs of a transaction that was committed.',
    file: 'src/log/kafka/hanging-transactions.ts',
    text: `state.endsWith('Commit') ? 'committed' : 'aborted'`,
    becomes: `state === 'never' ? 'committed' : 'aborted'`,
    foundBy: [{ kafka: 'test/kafka/hanging.test.ts' }],
  },
]
