// Several processes take events for a pipeline, and clients send each request to any of them, again and to another.
import { expect } from 'vitest'
import type { EdgeAppend } from '../../src/contracts/edge.ts'
import type { Log } from '../../src/contracts/log.ts'
import { Intake } from '../../src/runner/edge/intake.ts'
import { recordsOf } from '../e2e/read-outputs.ts'

const REQUESTS = 40
const TOPIC = 'events'

/** @param logs one a taker. */
export async function expectOnceFromMany(logs: readonly Log[]): Promise<void> {
  await logs[0].ensureTopic({ name: TOPIC, partitions: 2 })
  const takers = logs.map(
    (log, i) =>
      new Intake({ log, pipeline: 'p', place: `here:${i}`, schemas: new Map(), now: () => 1_000 }),
  )
  const request = (name: string, idempotencyKey?: string): EdgeAppend => ({
    topic: TOPIC,
    events: [0, 1, 2].map((i) => Buffer.from(JSON.stringify({ id: `${name}/${i}`, key: `k${i}` }))),
    key: 'key',
    time: undefined,
    check: false,
    idempotencyKey,
  })
  // All at once, each keyed one to every taker: they take the name of the keys from each other all the time.
  const numbers = Array.from({ length: REQUESTS }, (_, i) => i)
  const [keyed, bare] = await Promise.all([
    Promise.all(
      numbers.map((i) =>
        Promise.all(takers.map((taker) => taker.append(request(`keyed${i}`, `key ${i}`)))),
      ),
    ),
    Promise.all(numbers.map((i) => takers[i % takers.length].append(request(`bare${i}`)))),
  ])
  for (const answers of keyed) {
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1)
    for (const answer of answers) expect(answer.partitions).toEqual(answers[0].partitions)
  }
  expect(bare.every(({ repeated }) => !repeated)).toBe(true)
  await Promise.all(takers.map((taker) => taker.close()))
  // Who wrote something waits until others see it.
  await Promise.all(logs.map((log) => log.topic(TOPIC)))
  const ids = (await recordsOf(logs[0], TOPIC)).map(({ value }) => String(JSON.parse(value).id))
  const expected = numbers.flatMap((i) =>
    ['keyed', 'bare'].flatMap((kind) => [0, 1, 2].map((j) => `${kind}${i}/${j}`)),
  )
  expect(ids.toSorted()).toEqual(expected.toSorted())
}
