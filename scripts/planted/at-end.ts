// What has to be tidied up however the command ends, Ctrl-C included: processes of their own groups, folders.

const tasks = new Set<() => void>()

process.once('exit', () => {
  for (const task of tasks) task()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(130))

/** @returns what takes it back: whoever has done it itself says so. */
export function atEnd(task: () => void): () => void {
  tasks.add(task)
  return () => void tasks.delete(task)
}
