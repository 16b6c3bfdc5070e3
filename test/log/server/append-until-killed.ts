// A process that owns a log, appends numbered records to three partitions at once, and tells each acknowledgement on standard
// output; its test kills it. Argument: the folder.
import { RecordsBuilder } from '../../../src/base/records.ts'
import { connectLog } from '../../../src/log/server/connect-log.ts'
import { startLogThread } from '../../../src/log/server/start-log-thread.ts'

const thread = await startLogThread(process.argv[2], {
  journalBytes: 1 << 18,
  segmentBytes: 1 << 18,
  preallocate: false,
})
const log = await connectLog(thread.socketPath)
await log.ensureTopic({ name: 'a', partitions: 3 })
const writer = await log.openWriter('w')
let number = (await log.topic('a'))?.parts[0].end ?? 0
const builder = new RecordsBuilder()
const append = async (): Promise<void> => {
  const mine = number++
  builder.reset()
  builder.add(mine, '', `${mine}:${'x'.repeat(mine % 700)}`)
  const records = builder.records()
  await writer.append([0, 1, 2].map((partition) => ({ topic: 'a', partition, records })))
  process.stdout.write(`${mine}\n`)
}
for (;;) await Promise.all([append(), append(), append()])
