// The key of a log's digests, for values that streams redact: made once, kept in the control topic, so that every process and every
// replay makes the same digests, and nobody without the log can try values out.
import { randomBytes } from 'node:crypto'
import type { Log } from '../contracts/log.ts'
import type { Plan } from '../pipeline/plan.ts'
import { readControl, record } from './control.ts'

/** The key; '' where none was made, as nothing was redacted. */
export async function redactKeyOf(log: Log): Promise<string> {
  let key = ''
  await readControl(log, 0, (event) => {
    // Of two that were made at once the first counts.
    if (event.kind === 'redact-key' && key === '') ({ key } = event)
  })
  return key
}

/** Makes the key where the plan needs one and there is none. */
export async function ensureRedactKey(log: Log, { pipeline, streams }: Plan): Promise<void> {
  if (streams.every(({ redact = [] }) => redact.length === 0)) return
  if ((await redactKeyOf(log)) !== '') return
  const key = randomBytes(32).toString('hex')
  await record(log, { kind: 'redact-key', pipeline, at: Date.now(), key })
}
