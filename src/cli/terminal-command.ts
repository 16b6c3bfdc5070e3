// The command `millrace` at the real terminal, and what Ctrl-C means.
import { runCli } from './cli.ts'
import { LiveView } from './terminal/live-view.ts'
import { loadRunner } from './load-runner.ts'

const stop = new AbortController()

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time somebody means it: what was not committed is done again by the next run.
    if (stop.signal.aborted) {
      LiveView.abandon(process.stderr)
      process.exit(130)
    }
    stop.abort()
  })
}
// A launcher that was killed cannot pass its signal on; its channel closes.
process.once('disconnect', () => stop.abort())
process.channel?.unref()
// `millrace topics tail x | head` closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await runCli(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  input: process.stdin,
  env: process.env,
  signal: stop.signal,
  monotonic: () => performance.now(),
  load: loadRunner,
})
