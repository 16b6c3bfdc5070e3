import * as client from '@platformatic/kafka'
import { expect, it } from 'vitest'
import { loadWire } from '../../../src/log/kafka/wire.ts'

it('the wire layer is that of the client, without the rest of it', async () => {
  const wire = await loadWire()
  expect(Object.keys(wire)).not.toContain('Producer')
  for (const [name, part] of Object.entries(wire))
    expect([name, part === Reflect.get(client, name) || isSpace(part)]).toEqual([name, true])
})

/** What a client's entry gives as a namespace is another object for each who asks. */
function isSpace(part: unknown): boolean {
  return Object.prototype.toString.call(part) === '[object Module]'
}
