// `millrace topics`: what lies in the log, and a way in and out of it by hand.
import type { Command } from 'commander'
import {
  answer,
  examples,
  jsonOption,
  logOption,
  partitionNumber,
  wholeNumber,
  type Program,
} from '../program.ts'
import type { TopicRecord } from '../../contracts/commands.ts'
import { outStyle, print, printJson } from '../surroundings.ts'
import { topicLines } from '../terminal/topic-text.ts'

interface ListFlags {
  readonly log: string
  readonly all: boolean
  readonly json: boolean
}

interface TailFlags {
  readonly log: string
  readonly partition?: number
  readonly last: number
  readonly all: boolean
  readonly follow: boolean
  readonly json: boolean
}

interface WriteFlags {
  readonly log: string
  readonly partitions?: number
  readonly key?: string
  readonly time?: string
  readonly end: boolean
  readonly json: boolean
}

export function addTopics(program: Program): void {
  const topics = program.root
    .command('topics')
    .description('list topics, describe one, watch one, write to one')
    .addHelpText('after', examples(EXAMPLES, program.around))
  addList(program, topics)
  addDescribe(program, topics)
  addTail(program, topics)
  addWrite(program, topics)
}

const WIDTH_MAX = 200

const EXAMPLES = [
  ['millrace topics list --log ./data', 'names, partitions, records, bytes'],
  ['millrace topics describe payments', 'what it is for, and who is how far'],
  ['millrace topics tail scores --follow', 'the newest records, and what comes'],
  ['millrace topics write payments --key cardId < payments.jsonl', 'one JSON event a line'],
] as const

function addList(program: Program, topics: Command): void {
  topics
    .command('list')
    .description(
      'names, partitions, records and bytes; what was said of progress counts as a record',
    )
    .addOption(logOption())
    .option('--all', 'those of Millrace itself, too', false)
    .addOption(jsonOption())
    .action(async (flags: ListFlags) => {
      const list = await program.around.load('listTopics')
      answer(program, await list({ log: flags.log, all: flags.all }), flags)
    })
}

function addDescribe({ around }: Program, topics: Command): void {
  topics
    .command('describe <topic>')
    .description('what it is for, what it holds, who writes it, and how far its readers are')
    .addOption(logOption())
    .addOption(jsonOption())
    .action(async (topic: string, { log, json }: { log: string; json: boolean }) => {
      const describe = await around.load('describeTopic')
      const report = await describe({ log, topic })
      if (json) printJson(around.out, report)
      else print(around.out, topicLines(report, outStyle(around, WIDTH_MAX)))
    })
}

function addTail(program: Program, topics: Command): void {
  const { around } = program
  topics
    .command('tail <topic>')
    .description('print the newest records of a topic')
    .addOption(logOption())
    .option('-n, --last <n>', 'how many records of each partition', wholeNumber, 10)
    .option('--all', 'from the first record that is kept', false)
    .option('-f, --follow', 'go on with what comes', false)
    .option('--partition <n>', 'only this partition, from 0', partitionNumber)
    .addOption(jsonOption())
    .action(async (topic: string, flags: TailFlags) => {
      const tail = await around.load('tailTopic')
      const line = flags.json ? jsonLine : textLine(program)
      const result = await tail({
        log: flags.log,
        topic,
        partition: flags.partition,
        last: flags.all ? Infinity : flags.last,
        follow: flags.follow,
        signal: around.signal,
        onRecord: (record) => around.out.write(`${line(record)}\n`),
      })
      program.outcome.ok = result.ok
    })
}

function addWrite(program: Program, topics: Command): void {
  const { around } = program
  topics
    .command('write <topic>')
    .description('write JSON events from the standard input, one a line')
    .addOption(logOption())
    .option('--partitions <n>', 'make the topic, where it is missing, with so many', wholeNumber)
    .option('--key <field>', 'the field that decides the partition')
    .option('--time <field>', 'the field with the time of the event (default: now)')
    .option('--end', 'say that nothing will ever come after these', false)
    .addOption(jsonOption())
    .action(async (topic: string, flags: WriteFlags) => {
      const write = await around.load('writeTopic')
      const { log, partitions, key, time, end } = flags
      const { input, signal } = around
      answer(program, await write({ log, topic, partitions, key, time, end, input, signal }), flags)
    })
}

function jsonLine(record: TopicRecord): string {
  return JSON.stringify(record)
}

function textLine(program: Program): (record: TopicRecord) => string {
  const { dim } = outStyle(program.around)
  return ({ partition, offset, key, value, headers }) => {
    const place = dim(`${partition}/${offset}`)
    const shown = value === '' ? dim(headers.trim().replaceAll('\n', ', ')) : value
    return key === '' ? `${place}  ${shown}` : `${place}  ${dim(key)}  ${shown}`
  }
}
