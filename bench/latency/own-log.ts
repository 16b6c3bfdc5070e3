// node bench/latency/own-log.ts FOLDER PARTITIONS TOPIC...: owns a log with these topics until it is told to end.
import { openLog } from '../../src/index.ts'

const [folder, partitions, ...topics] = process.argv.slice(2)
const { log } = await openLog(folder)
for (const name of topics) await log.ensureTopic({ name, partitions: Number(partitions) })
process.once('SIGINT', () => void log.close())
