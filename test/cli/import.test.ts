import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { flat, millrace } from './millrace.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-import-'))
const log = join(folder, 'log')
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function recordsIn(topic: string): Promise<string[]> {
  const { out } = await millrace(['topics', 'tail', topic, '--all', '--json', '--log', log])
  const lines = out.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const { key, time, value } = JSON.parse(line)
    return `${key} ${time} ${value}`
  })
}

it('files become records with key and time, each file once', async () => {
  const one = file('one.csv', 'id,card,at\np1,a,2026-01-05T09:00:00Z\np2,b,2026-01-05T09:01:00Z\n')
  const two = file('two.jsonl', '{"id":"p3","card":7,"at":1767603720000}\n')
  const args = ['--to', 'payments', '--key', 'card', '--time', 'at', '--log', log]
  const first = await millrace(['import', one, ...args])
  expect(first.out).toBe("2 records are durable in 'payments'\n")
  const both = await millrace(['import', one, two, ...args, '--end'])
  expect(flat(both.out)).toContain(
    "1 record is durable in 'payments', which has ended; 2 were there before",
  )
  expect(await recordsIn('payments')).toEqual([
    'a 1767603600000 {"id":"p1","card":"a","at":"2026-01-05T09:00:00Z"}',
    'b 1767603660000 {"id":"p2","card":"b","at":"2026-01-05T09:01:00Z"}',
    '7 1767603720000 {"id":"p3","card":7,"at":1767603720000}',
  ])
})

it('a file that is there already is not imported by other fields, half or whole', async () => {
  const path = file('by.csv', 'id,card,at\np1,a,2026-01-05T09:00:00Z\n')
  const args = ['import', path, '--to', 'by', '--time', 'at', '--log', log]
  await millrace([...args, '--key', 'card'])
  const other = await millrace([...args, '--key', 'id', '--types', 'id=string'])
  expect(other.code).toBe(2)
  expect(flat(other.err)).toContain(
    `found ${path}, imported with --key card no --types, and now --key id --types id=string`,
  )
  const none = await millrace(['import', path, '--to', 'by', '--log', log])
  expect(flat(none.err)).toContain('imported with --key card --time at, and now no --key no --time')
  expect((await millrace([...args, '--key', 'card', '--end'])).code).toBe(0)
  expect(await recordsIn('by')).toHaveLength(1)
})

it('a file that grew after it was imported is told, and nothing of it is read', async () => {
  const path = file('grows.jsonl', '{"a":1}\n')
  await millrace(['import', path, '--to', 'grown', '--log', log])
  file('grows.jsonl', '{"a":1}\n{"a":2}\n')
  const { code, err } = await millrace(['import', path, '--to', 'grown', '--log', log])
  expect(code).toBe(1)
  expect(flat(err)).toContain('changed since it was read to that position')
  expect(await recordsIn('grown')).toHaveLength(1)
})

it('fields that the first event does not have are refused, but not where an earlier run has taken events', async () => {
  const [one, two] = [file('has.jsonl', '{"k":"a","t":1}\n'), file('lacks.jsonl', '{"t":2}\n')]
  const args = ['--to', 'resumed', '--key', 'k', '--time', 't', '--log', log]
  const wrong = await millrace(['import', two, ...args])
  expect(wrong.code).toBe(2)
  expect(flat(wrong.err)).toContain('record 1 of ' + two + " has no key (text or number) in 'k'")
  await millrace(['import', one, ...args])
  const { code, out } = await millrace(['import', one, two, ...args])
  expect([code, flat(out)]).toEqual([0, expect.stringContaining('without key or time: 1')])
  expect(await recordsIn('resumed')).toHaveLength(2)
})

it('a definition says key, time and types of its stream', async () => {
  const definition = join(import.meta.dirname, '../../examples/payments/payments.ts')
  const path = file(
    'typed.csv',
    'id,card,amount,at\n17,4,2.5,2026-01-05T09:00:00Z\n18,5,,2026-01-05T09:00:00Z\n',
  )
  const other = [
    'import',
    path,
    '--to',
    'payment',
    '--file',
    definition,
    '--log',
    join(folder, 'l'),
  ]
  const wrong = await millrace(other)
  expect(wrong.code).toBe(2)
  expect(flat(wrong.err)).toContain('found --to payment, and streams of payments, chargebacks')
  const args = ['import', path, '--to', 'payments', '--file', definition, '--json']
  const { code, out } = await millrace([...args, '--log', join(folder, 'typed')])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ records: 2, written: 2, odd: 0, withoutFields: 0 })
  const tail = await millrace(['topics', 'tail', 'payments', '--log', join(folder, 'typed')])
  expect(tail.out).toContain(
    '0/0  4  {"id":"17","card":"4","amount":2.5,"at":"2026-01-05T09:00:00Z"}',
  )
  expect(tail.out).toContain('{"id":"18","card":"5","at"')
})

it('a wrong type, a wrong format and a strict odd line are refused with what to do', async () => {
  const path = file('odd.csv', 'a,b\n1,2\n3\n')
  const types = await millrace(['import', path, '--to', 'x', '--types', 'a=int', '--log', log])
  expect(flat(types.err)).toContain("found 'a=int'; write --types amount=number")
  const strict = await millrace(['import', path, '--to', 'x', '--strict', '--log', log])
  expect(strict.code).toBe(1)
  expect(flat(strict.err)).toContain('found 1 cells where the header has 2, in line 3')
  const passed = await millrace(['import', path, '--to', 'x', '--log', log])
  expect(flat(passed.out)).toContain('1 line passed on as found')
})
