// Traces of a log at work on real files, from a seed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Prng } from '../../../src/base/prng.ts'
import type { Disk } from '../../../src/contracts/disk.ts'
import { nodeDisk } from '../../../src/log/embedded/node-disk.ts'
import { choicesOf, Device, EVERYTHING } from './device.ts'
import type { Facts } from './facts.ts'
import { inFolder } from './image-folder.ts'
import { RecordingDisk } from './recording-disk.ts'
import { survivors } from './reopen.ts'
import type { Image, Recorded } from './trace.ts'
import { sizesFor, Workload } from './workload.ts'

/** Owners of a log one after the other in a trace. */
const LIVES = 3
/** Traces one after the other, each of what a power cut left of the one before. */
const CUTS = 2

/** @param through what the log gets in the place of its disk, for tests of the check itself. */
export async function record(
  seed: number,
  through: (disk: Disk) => Disk = (disk) => disk,
): Promise<Recorded[]> {
  const prng = new Prng(seed, 3)
  const sizes = sizesFor(prng)
  const recorded: Recorded[] = []
  let base: Image = new Map()
  let known: Facts = { topics: [], calls: [], writers: [], starts: [] }
  for (let i = 0; i < CUTS; i++) {
    const trace = await inFolder(base, async (folder) => {
      const disk = new RecordingDisk(nodeDisk(folder), prng)
      const workload = new Workload(disk, { prng, sizes, known, through })
      await workload.run(LIVES)
      const { events } = disk
      // A recorder that misses a call would report damage that is none.
      sameFiles(deviceAt({ base, events }, events.length).image(EVERYTHING), filesOf(folder))
      return { base, events, facts: workload.facts, sizes }
    })
    recorded.push(trace)
    const at = Math.floor(trace.events.length * prng.next())
    const device = deviceAt(trace, at)
    base = device.image(prng.pick(choicesOf(device, prng)))
    if (i + 1 < CUTS) known = await survivors(trace, base, at)
  }
  return recorded
}

export function deviceAt({ base, events }: Pick<Recorded, 'base' | 'events'>, at: number): Device {
  const device = new Device(base)
  for (const event of events.slice(0, at)) device.apply(event)
  return device
}

function filesOf(folder: string): Image {
  const names = readdirSync(folder).filter((name) => !name.startsWith('lock'))
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]))
}

function sameFiles(replayed: Image, real: Image): void {
  const differ = [...new Set([...replayed.keys(), ...real.keys()])].filter((name) => {
    const [one, other] = [replayed.get(name), real.get(name)]
    return one === undefined || other === undefined || Buffer.compare(one, other) !== 0
  })
  if (differ.length > 0)
    throw new Error(`a trace must give the files that are there; other are ${differ.join(', ')}`)
}
