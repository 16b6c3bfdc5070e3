// Imports files, in a process of its own that kills itself. Arguments: batches after which it does,
// turns of the event loop behind them, the folder of the log, the files.
import { importFiles } from '../../src/runner/commands/import-command.ts'

const [after, turns, log, ...files] = process.argv.slice(2)
let batches = 0
await importFiles({
  log,
  files,
  topic: 't',
  definition: undefined,
  partitions: 3,
  key: 'key',
  time: 'at',
  format: undefined,
  delimiter: undefined,
  columns: undefined,
  types: [],
  strict: false,
  timestamps: undefined,
  end: true,
  signal: new AbortController().signal,
  onProgress: () => {
    if (++batches === Number(after) + 1) killIn(Number(turns))
  },
})
process.disconnect?.()

function killIn(left: number): void {
  if (left === 0) process.kill(process.pid, 'SIGKILL')
  else setImmediate(killIn, left - 1)
}
