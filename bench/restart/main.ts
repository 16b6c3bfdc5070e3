// node bench/restart/main.ts [customers] [kills]: what measure.ts measures, each restart a line. On the built package: npm run build.
import { builtCommand } from '../run/built.ts'
import { measureRestarts } from './measure.ts'

const restarts = await measureRestarts({
  customers: Number(process.argv[2] ?? 3_400_000),
  kills: Number(process.argv[3] ?? 10),
  command: builtCommand(),
})
for (const { seconds, reading, read, stateBytes } of restarts)
  console.log(
    `state ${(stateBytes / 1e6).toFixed(0)} MB, to read ${(read / 1e6).toFixed(0)} MB in ${reading.toFixed(2)} s; first new score after ${seconds.toFixed(2)} s, ${(seconds / reading).toFixed(1)} times`,
  )
