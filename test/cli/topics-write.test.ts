import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { flat, millrace } from './millrace.ts'

const log = mkdtempSync(join(tmpdir(), 'millrace-write-'))
afterAll(() => rmSync(log, { recursive: true }))

async function valuesIn(topic: string): Promise<string[]> {
  const { out } = await millrace(['topics', 'tail', topic, '--all', '--json', '--log', log])
  const lines = out.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const { key, value } = JSON.parse(line)
    return `${key}: ${value}`
  })
}

it('a bad line among good ones is written as it is, without a key, and told', async () => {
  const lines = ['{"id":"a"}', 'no json', '{"id":{}}', '', '{"id":7}']
  const { code, out } = await millrace(['topics', 'write', 'x', '--key', 'id', '--log', log], lines)
  expect(code).toBe(0)
  expect(flat(out)).toContain(
    "4 records are durable in 'x' without key or time: 2; the first: line 2",
  )
  expect(await valuesIn('x')).toEqual(['a: {"id":"a"}', ': no json', ': {"id":{}}', '7: {"id":7}'])
})

it('fields that the first line does not have are refused, and nothing is written', async () => {
  const args = ['topics', 'write', 'y', '--time', 'when', '--log', log]
  const { code, err } = await millrace(args, ['{"at":"2026-01-01T00:00:00Z"}'])
  expect(code).toBe(2)
  expect(flat(err)).toContain("line 1 has no time (ms since 1970, or ISO with its zone) in 'when'")
  expect(await valuesIn('y')).toEqual([])
})

it('a topic of Millrace itself is refused', async () => {
  const { code, err } = await millrace(['topics', 'write', '_a.commits', '--log', log], ['{}'])
  expect(code).toBe(2)
  expect(err).toContain("found '_a.commits'")
})

it('another number of partitions than the topic has is refused', async () => {
  await millrace(['topics', 'write', 'z', '--partitions', '2', '--log', log], ['{}'])
  const again = ['topics', 'write', 'z', '--partitions', '3', '--log', log]
  const { code, err } = await millrace(again, ['{}'])
  expect(code).toBe(1)
  expect(err).toContain('ML_TOPIC')
})

it('topics of Millrace itself are listed when they are asked for', async () => {
  const { out } = await millrace(['topics', 'list', '--json', '--log', log])
  expect(JSON.parse(out)).toMatchObject([{ name: 'x' }, { name: 'y' }, { name: 'z' }])
})
