// Waiting for what another process comes to: nobody tells when, so it is looked for again and again.
import { setTimeout as sleep } from 'node:timers/promises'

const BETWEEN_MS = 20

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(BETWEEN_MS)
}
