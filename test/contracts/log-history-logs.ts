// Logs for a script: the embedded one, and the simulator's with gaps in its offsets.
import { Prng } from '../../src/base/prng.ts'
import type { Writer } from '../../src/contracts/log.ts'
import { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { machineClock } from '../../src/log/embedded/machine-clock.ts'
import { EmbeddedWriter } from '../../src/log/embedded/writer.ts'
import { SimDisk } from '../../src/testing/sim-disk.ts'
import { SparseLog, SparseOffsets } from '../../src/testing/sparse-log.ts'
import type { ScriptedLog } from './log-history.ts'

export function openEmbedded(): Promise<EmbeddedLog> {
  const disk = new SimDisk({ prng: new Prng(1) })
  return EmbeddedLog.open({ disk: disk.mount(), clock: machineClock, salt: 1, preallocate: false })
}

export function embedded(log: EmbeddedLog): ScriptedLog {
  return { logs: [log, log], leave: async (name) => void (await log.openWriter(name)) }
}

/** With what is left open in it, which hides what lies behind it. */
export function hiding(log: EmbeddedLog): ScriptedLog {
  const seen = new WithWriters(log, { offsets: new SparseOffsets(7), sources: new Set() })
  return {
    logs: [seen, seen],
    leave: async (id, appends, how) => {
      const { epoch } = await seen.openWriter(id)
      await seen.leaveOpen({ id, epoch, sequence: 1 }, appends)
      if (how === 'aborted') seen.endOpen(id)
    },
  }
}

/** @param sources topics whose offsets have gaps between records; of others only the ends of appends take some. */
export function sparse(log: EmbeddedLog, sources: readonly string[]): ScriptedLog {
  const offsets = new SparseOffsets(7)
  const seen = new WithWriters(log, { offsets, sources: new Set(sources) })
  return { logs: [seen, seen], leave: async (name) => void (await seen.openWriter(name)) }
}

/** In a simulation appends come by the network; here they come by writers. */
class WithWriters extends SparseLog {
  override async openWriter(id: string): Promise<Writer> {
    const { epoch } = await super.openWriter(id)
    return new EmbeddedWriter(this, id, epoch)
  }
}
