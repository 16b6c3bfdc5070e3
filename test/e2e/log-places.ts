// Where the logs of a test lie: in folders of its own; or on the brokers that `npm run test:kafka` gives, for the suites that it runs a
// second time there.
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `kafka://HOST:PORT/`, where the logs are to lie there. */
const BROKERS = process.env.MILLRACE_TEST_BROKERS

export class LogPlaces {
  readonly #root = mkdtempSync(join(tmpdir(), 'millrace-logs-'))
  #count = 0

  /** What `--log` takes: a place with nothing in it. */
  empty(): string {
    if (BROKERS !== undefined) return `${BROKERS}${randomUUID()}.`
    const folder = join(this.#root, String(++this.#count))
    mkdirSync(folder)
    return folder
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }
}
