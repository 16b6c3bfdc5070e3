// How good scores are, once the reports are there:
//   node examples/fraud/judge.ts scores.jsonl reports.jsonl [--from 2018-08-08] [--to 2018-08-15]
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { averagePrecision, type Judged } from './average-precision.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '' }, to: { type: 'string', default: '~' } },
})
const [scoresFile, reportsFile] = positionals
if (scoresFile === undefined || reportsFile === undefined) {
  console.error('usage: judge.ts scores.jsonl reports.jsonl [--from 2018-08-08] [--to 2018-08-15]')
  process.exit(2)
}

const frauds = new Map<unknown, boolean>()
for await (const { payment, fraud } of lines(reportsFile)) frauds.set(payment, fraud === true)
const judged: Judged[] = []
for await (const { payment, at, score } of lines(scoresFile)) {
  const fraud = frauds.get(payment)
  if (fraud !== undefined && String(at) >= values.from && String(at) < values.to)
    judged.push({ score: Number(score), fraud })
}
const found = judged.filter(({ fraud }) => fraud).length
console.log(`${judged.length} payments, ${found} of them fraud`)
console.log(`average precision ${averagePrecision(judged).toFixed(3)}`)

async function* lines(path: string): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: createReadStream(path) }))
    if (line !== '') yield JSON.parse(line)
}
