// What a power cut leaves, at every event of recorded traces: each image is opened again and held against what had been acknowledged by then.
import { crc32 } from 'node:zlib'
import { Prng } from '../../../src/base/prng.ts'
import type { Disk } from '../../../src/contracts/disk.ts'
import { choicesOf, Device } from './device.ts'
import { record } from './record.ts'
import { check, checkOnFiles, recordOpening } from './reopen.ts'
import type { DiskEvent, Image, Recorded } from './trace.ts'

/** Of so many images one is opened on real files, too. */
const ON_FILES = 100
/** Of so many images one is opened while the power is cut again. */
const AGAIN = 25

export interface PowerLossCounts {
  traces: number
  events: number
  /** Events of each kind. */
  readonly kinds: Partial<Record<DiskEvent['kind'], number>>
  /** Different images that were opened. */
  images: number
  /** Of them, those that were opened on real files, too. */
  onFiles: number
  /** Of them, those of a power cut while another image was being opened. */
  again: number
  /** Appends that were acknowledged, over all images. */
  acknowledged: number
}

export function noCounts(): PowerLossCounts {
  return { traces: 0, events: 0, kinds: {}, images: 0, onFiles: 0, again: 0, acknowledged: 0 }
}

/** Every image of the traces of one seed. @throws Error for the first that is wrong. */
export async function powerLoss(
  seed: number,
  counts: PowerLossCounts,
  options: { readonly most?: number; readonly through?: (disk: Disk) => Disk } = {},
): Promise<void> {
  const { most = Infinity, through } = options
  try {
    for (const [number, trace] of (await record(seed, through)).entries()) {
      counts.traces++
      await new Images(trace, { prng: new Prng(seed, 100 + number), counts, most }).all()
    }
  } catch (cause) {
    throw new Error(
      `a power cut must lose nothing that was acknowledged; ${messageOf(cause)}; repeat it: npm run power-loss -- --seed ${seed}`,
      { cause },
    )
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

class Images {
  readonly #trace: Recorded
  readonly #prng: Prng
  readonly #counts: PowerLossCounts
  readonly #most: number
  readonly #seen = new Set<number>()

  constructor(
    trace: Recorded,
    of: { readonly prng: Prng; readonly counts: PowerLossCounts; readonly most: number },
  ) {
    this.#trace = trace
    this.#prng = of.prng
    this.#counts = of.counts
    this.#most = of.most
  }

  async all(): Promise<void> {
    const { base, events } = this.#trace
    const device = new Device(base)
    for (const [i, event] of events.entries()) {
      device.apply(event)
      this.#counts.events++
      this.#counts.kinds[event.kind] = (this.#counts.kinds[event.kind] ?? 0) + 1
      for (const [number, choice] of choicesOf(device, this.#prng).entries()) {
        if (this.#counts.images >= this.#most) return
        await this.#one(device.image(choice), i + 1).catch((cause: Error) => {
          throw new Error(`behind event ${i} (${event.kind}), way ${number}: ${cause.message}`, {
            cause,
          })
        })
      }
    }
  }

  async #one(image: Image, at: number): Promise<void> {
    const counts = this.#counts
    if (!this.#isNew(image)) return
    const { calls } = this.#trace.facts
    counts.images++
    counts.acknowledged += calls.filter(({ ackedAt }) => ackedAt <= at).length
    await check(this.#trace, image, at)
    if (counts.images % ON_FILES === 0) {
      counts.onFiles++
      await checkOnFiles(this.#trace, image, at)
    }
    if (counts.images % AGAIN === 0) await this.#again(image, at)
  }

  /** The power is cut again while an image is being opened, at each event of that. */
  async #again(image: Image, at: number): Promise<void> {
    const device = new Device(image)
    for (const event of await recordOpening(this.#trace, image)) {
      device.apply(event)
      const next = device.image(this.#prng.pick(choicesOf(device, this.#prng)))
      if (!this.#isNew(next)) continue
      this.#counts.images++
      this.#counts.again++
      await check(this.#trace, next, at)
    }
  }

  #isNew(image: Image): boolean {
    let sum = 0
    for (const [name, bytes] of [...image].sort(([a], [b]) => (a < b ? -1 : 1)))
      sum = crc32(bytes, crc32(`${name} ${bytes.length} `, sum))
    if (this.#seen.has(sum)) return false
    this.#seen.add(sum)
    return true
  }
}
