// What a supervisor tells of itself that no commit says: which tasks get their state back and how far they are, and how far its copies are behind.
// Records of one topic, each by one writer of its own; made when there is something to tell for the first time. It is for people: no run reads it.
import { MillraceError } from '../../base/errors.ts'
import { oneRecord, recordText } from '../../base/records.ts'
import type { Log, Writer } from '../../contracts/log.ts'
import { membersTopic } from '../../engine/task-names.ts'
import type { CopyStatus, RestoreStatus } from '../messages.ts'

export const TELL_MS = 1000
/** What is still so is told again after so long: others' news would come to lie between it and who reads the newest. */
const AGAIN_MS = 20_000
const KEPT_MS = 3_600_000
/** Records that are read back from the end. */
const NEWEST = 1024
const MAX_BYTES = 4 << 20

/** Indexes are those of the pipeline's tasks. */
export interface MemberNews {
  readonly restoring: readonly RestoreStatus[]
  readonly copies: readonly CopyStatus[]
}

export interface NewsPlace {
  readonly log: Log
  readonly pipeline: string
}

export class NewsTeller {
  readonly #place: NewsPlace
  readonly #member: string
  readonly #monotonic: () => number
  #writer: Writer | undefined
  #told = ''
  #toldAt = -Infinity
  #over = false
  #telling: Promise<void> | undefined

  constructor(place: NewsPlace, member: string, monotonic: () => number) {
    this.#place = place
    this.#member = member
    this.#monotonic = monotonic
  }

  /** Tells what changed; while the last is being told, nothing. It never fails: where the log takes no news, the next may come through. */
  tell(news: MemberNews): Promise<void> {
    this.#telling ??= this.#write(news).finally(() => {
      this.#telling = undefined
    })
    return this.#telling
  }

  async close(): Promise<void> {
    await this.#telling
    await this.#writer?.close().catch(orThrow)
  }

  async #write(news: MemberNews): Promise<void> {
    const { log, pipeline } = this.#place
    const topic = membersTopic(pipeline)
    const isNothing = news.restoring.length + news.copies.length === 0
    const value = JSON.stringify({ member: this.#member, ...news })
    const isOld = this.#monotonic() - this.#toldAt >= AGAIN_MS
    if (this.#over || (value === this.#told && (isNothing || !isOld))) return
    try {
      // What its process told before, and its end left as it was, is over: where nothing was ever told, nothing is.
      if (isNothing && (await log.topic(topic)) === undefined) this.#told = value
      else {
        if (this.#writer === undefined) {
          await log.ensureTopic({ name: topic, partitions: 1, retentionMs: KEPT_MS })
          this.#writer = await log.openWriter(`${pipeline}/member/${this.#member}`)
        }
        const records = oneRecord(0, this.#member, value)
        await this.#writer.append([{ topic, partition: 0, records }])
        this.#told = value
        this.#toldAt = this.#monotonic()
      }
    } catch (error) {
      this.#writer = undefined
      // Another one has its name: it tells.
      this.#over ||= error instanceof MillraceError && error.code === 'ML_FENCED'
      orThrow(error)
    }
  }
}

/** What each member told last, by its name, who told last at the end. */
export async function readNews({
  log,
  pipeline,
}: NewsPlace): Promise<ReadonlyMap<string, MemberNews>> {
  const news = new Map<string, MemberNews>()
  const topic = membersTopic(pipeline)
  const part = (await log.topic(topic))?.parts[0]
  if (part === undefined) return news
  for (let offset = Math.max(part.start, part.end - NEWEST); offset < part.end;) {
    const { runs, next } = await log.read([{ topic, partition: 0, offset }], {
      maxBytes: MAX_BYTES,
      maxWaitMs: 0,
    })
    for (const { records } of runs)
      for (let row = 0; row < records.count; row++) {
        const member = recordText(records, row, 'key')
        news.delete(member)
        news.set(member, JSON.parse(recordText(records, row, 'value')))
      }
    if (next[0].offset <= offset) break
    offset = next[0].offset
  }
  return news
}

function orThrow(error: unknown): void {
  if (!(error instanceof MillraceError)) throw error
}
