// The flags of `npm start`.
import { parseArgs } from 'node:util'
import { DefinitionError } from '../../../src/base/errors.ts'
import { inTheWayOf } from '../../../src/cli/writable-file.ts'

export interface StartFlags {
  /** Departures, and their landings; undefined: all three million. */
  readonly limit: number | undefined
  /** File to write the report to, as JSON. */
  readonly report: string | undefined
  readonly fresh: boolean
  readonly data: string
  /** undefined: what the folder has, or 2. */
  readonly partitions: number | undefined
  readonly workers: number | undefined
}

export const USAGE: string = `npm start -- [flags]

  --limit N        only the first N departures, and their landings
  --report FILE    write the report as JSON, too
  --fresh          forget what is there and start over
  --data FOLDER    where the data lies (default: .millrace/flights)
  --partitions N   partitions of the topics, and tasks a stage (default: 2)
  --workers N      worker processes (default: one a core)`

/** @throws DefinitionError ML_USAGE */
export function startFlags(args: readonly string[]): StartFlags | 'help' {
  const { values } = parsed(args)
  if (values.help === true) return 'help'
  return {
    limit: wholeNumber('--limit', values.limit),
    report: writable('--report', values.report),
    fresh: values.fresh ?? false,
    data: values.data ?? '.millrace/flights',
    partitions: wholeNumber('--partitions', values.partitions),
    workers: wholeNumber('--workers', values.workers),
  }
}

const OPTIONS = {
  limit: { type: 'string' },
  report: { type: 'string' },
  fresh: { type: 'boolean' },
  data: { type: 'string' },
  partitions: { type: 'string' },
  workers: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

function parsed(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS })
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    throw new DefinitionError(`npm start takes other flags; found: ${found}\n\n${USAGE}`, {
      code: 'ML_USAGE',
    })
  }
}

function writable(flag: string, path: string | undefined): string | undefined {
  const found = path === undefined ? undefined : inTheWayOf(path)
  if (found === undefined) return path
  throw new DefinitionError(`${flag} must be a file that can be written; found that ${found}`, {
    code: 'ML_USAGE',
  })
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new DefinitionError(`${flag} must be a whole number from 1 on; found '${text}'`, {
    code: 'ML_USAGE',
  })
}
