// `npm run simulate -- --seed N [--trace]` repeats one run of the simulator; `--seeds FROM-TO [--json]` makes many.
// Exit code: 0 when every run comes to the same as the one without faults, 1 when one does not, 2 when the arguments are wrong.
import { parseArgs } from 'node:util'
import { shopRuns } from '../test/simulation/shop-runs.ts'
import { addRun, emptyTally, tallyText } from '../test/simulation/tally.ts'

const HELP = `The engine under seeded faults, in virtual time.

  npm run simulate -- --seed N           one run: what went wrong in it, and whether all came out as without faults
  npm run simulate -- --seed N --trace   the same, with every line of its trace
  npm run simulate -- --seeds FROM-TO    many runs, with how often each fault fired and each step died
                        --step N         every Nth of these; twenty seeds share their inputs, so that 20 takes others each time
                        --json           the counts as JSON, for machines`

process.exitCode = await main()

async function main(): Promise<number> {
  const { seed, seeds, step = '1', trace, json, help } = parsedArguments()
  const range = /^(\d+)(?:-(\d+))?$/.exec(seeds ?? seed ?? '')
  if (help === true || range === null) {
    console.error(HELP)
    return help === true ? 0 : 2
  }
  const from = Number(range[1])
  const to = Number(range[2] ?? range[1])
  const run = await shopRuns()
  const tally = emptyTally()
  const before = process.hrtime.bigint()
  for (let each = from; each <= to; each += Math.max(1, Number(step))) {
    try {
      const done = await run(each, trace === true ? console.log : undefined)
      addRun(tally, done)
      if (from === to) console.log(`trace ${done.storm.traceHash}`)
    } catch (error) {
      console.error(error instanceof Error ? (error.stack ?? error.message) : error)
      console.error(`repeat it: npm run simulate -- --seed ${each} --trace`)
      return 1
    }
  }
  if (json === true) console.log(JSON.stringify(tally))
  else {
    const seconds = Number((process.hrtime.bigint() - before) / 1_000_000n) / 1000
    console.log(tallyText(tally))
    console.log(`all came out as without faults, in ${seconds.toFixed(1)} s`)
  }
  return 0
}

function parsedArguments(): {
  seed?: string
  seeds?: string
  step?: string
  trace?: boolean
  json?: boolean
  help?: boolean
} {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        step: { type: 'string' },
        trace: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return {}
  }
}
