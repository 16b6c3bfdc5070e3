// Imports files, in a process of its own that its test kills. Arguments: the folder of the log, the files.
import { importFiles } from '../../src/runner/commands/import-command.ts'

const [log, ...files] = process.argv.slice(2)
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
  onProgress: ({ records }) => process.send?.(records),
})
process.disconnect?.()
