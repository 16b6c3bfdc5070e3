// Opens what a power cut left, and holds it against what was known.
import { EmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { Prng } from '../../../src/base/prng.ts'
import type { Disk } from '../../../src/contracts/disk.ts'
import { nodeDisk } from '../../../src/log/embedded/node-disk.ts'
import { StillClock, simDisk } from '../embedded/fixture.ts'
import { compare, goOn, readAll, type Facts } from './facts.ts'
import { inFolder } from './image-folder.ts'
import { RecordingDisk } from './recording-disk.ts'
import type { DiskEvent, Image, Recorded } from './trace.ts'

/** Opens an image on the simulated disk. @returns how many calls are there. @throws Error for one that does not open, or differs. */
export async function check(trace: Recorded, image: Image, at: number): Promise<number> {
  return checkDisk(trace, simulated(image), at)
}

/** The same on real files. */
export async function checkOnFiles(trace: Recorded, image: Image, at: number): Promise<number> {
  return inFolder(image, (folder) => checkDisk(trace, nodeDisk(folder), at))
}

/** Opens an image, and records what that does to the disk. */
export async function recordOpening(
  { sizes }: Recorded,
  image: Image,
): Promise<readonly DiskEvent[]> {
  const disk = new RecordingDisk(simulated(image), new Prng(1))
  await EmbeddedLog.open({ disk: disk.mount(), clock: new StillClock(), salt: 77, ...sizes })
  await disk.passed(1)
  return [...disk.events]
}

/** What is known of a log behind a power cut: what is there is there for good, and was never otherwise. */
export async function survivors(trace: Recorded, image: Image, at: number): Promise<Facts> {
  const { facts, sizes } = trace
  const log = await openOn(simulated(image), sizes)
  const found = await readAll(log)
  const there = compare(facts, found, at)
  const upTo = <T extends { readonly ackedAt: number }>(all: readonly T[]): T[] =>
    all.filter(({ ackedAt }) => ackedAt <= at).map((each) => ({ ...each, ackedAt: 0 }))
  return {
    topics: upTo(facts.topics),
    writers: upTo(facts.writers),
    calls: facts.calls.slice(0, there).map((call) => ({ ...call, sentAt: 0, ackedAt: 0 })),
    starts: facts.starts.filter((each) => each.at <= at).map((each) => ({ ...each, at: 0 })),
  }
}

function simulated(image: Image): Disk {
  const disk = simDisk(1).mount()
  for (const [name, bytes] of image) disk.open(name, 'create').write(0, [bytes])
  return disk
}

function openOn(disk: Disk, sizes: Recorded['sizes']): Promise<EmbeddedLog> {
  return EmbeddedLog.open({ disk, clock: new StillClock(), salt: 77, ...sizes })
}

async function checkDisk({ facts, sizes }: Recorded, disk: Disk, at: number): Promise<number> {
  const log = await openOn(disk, sizes)
  const there = compare(facts, await readAll(log), at)
  await goOn(log, facts, at)
  await log.close()
  return there
}
