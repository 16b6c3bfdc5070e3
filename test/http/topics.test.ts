// Events over HTTP: into topics and out of them, through a run with real sockets.
import { request, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpRun, PAYMENTS, json, lines, newFolder } from './run-child.ts'

const folder = newFolder()
let run: HttpRun
beforeAll(async () => {
  run = await HttpRun.start([
    PAYMENTS,
    '--log',
    folder.path,
    '--partitions',
    '1',
    '--workers',
    '1',
    '--http',
    '0',
  ])
})
afterAll(async () => {
  await run.kill()
  folder.remove()
})

function payment(id: string, more: object = {}): object {
  return { id, card: 'a', amount: 5, at: '2026-01-05T10:00:00Z', ...more }
}

/** Reads events of a topic until there are so many, then hangs up. */
function follow(
  path: string,
  count: number,
  lastEventId?: string,
): Promise<{ id: string; data: string }[]> {
  return new Promise((resolve, reject) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
    const sent = request(run.url + path, { headers, agent: false }, (response: IncomingMessage) => {
      let text = ''
      response.on('data', (bytes: Buffer) => {
        text += bytes.toString()
        const events = text.split('\n\n').flatMap((block) => {
          const found = /^id: (.*)\ndata: ((?:.|\ndata: )*)$/.exec(block)
          return found === null
            ? []
            : [{ id: found[1], data: found[2].replaceAll('\ndata: ', '\n') }]
        })
        if (events.length >= count) {
          sent.destroy()
          resolve(events)
        }
      })
      response.on('end', () => reject(new Error(`it ended with ${response.statusCode}: ${text}`)))
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('POST /topics/NAME', () => {
  it('says where one event lies once it is durable, byte for byte', async () => {
    const body = '{ "id":"p0",\n  "card":"a","amount":1e0,"at":"2026-01-05T09:00:00Z"}'
    const { status, text } = await run.ask('/topics/payments?key=card&time=at', {
      ...json({}),
      body,
    })
    expect([status, JSON.parse(text)]).toEqual([
      200,
      {
        topic: 'payments',
        records: 1,
        partitions: [{ partition: 0, from: 0, to: 1 }],
        repeated: false,
      },
    ])
    expect(await follow('/topics/payments?from=start', 1)).toEqual([{ id: '1', data: body }])
  })

  it('takes lines of events at once, with empty lines between them', async () => {
    const body = `${JSON.stringify(payment('p1'))}\r\n\n  \n${JSON.stringify(payment('p2'))}`
    const { text } = await run.ask('/topics/payments', { ...lines([]), body })
    expect(JSON.parse(text)).toMatchObject({
      records: 2,
      partitions: [{ partition: 0, from: 1, to: 3 }],
    })
  })

  it('appends a request once, however often it comes with its idempotency key', async () => {
    const asking = lines([payment('p3'), payment('p4')], { 'idempotency-key': 'first' })
    const answers = await Promise.all([
      run.ask('/topics/payments', asking),
      run.ask('/topics/payments', asking),
    ])
    const later = await run.ask('/topics/payments', asking)
    const bodies = [...answers, later].map(({ text }) => JSON.parse(text))
    expect(bodies.filter(({ repeated }) => repeated === false)).toHaveLength(1)
    for (const body of bodies)
      expect(body).toMatchObject({ records: 2, partitions: [{ partition: 0, from: 3, to: 5 }] })
  })

  it('refuses other events with an idempotency key that was there', async () => {
    const { status, text } = await run.ask(
      '/topics/payments',
      json(payment('p5'), { 'idempotency-key': 'first' }),
    )
    expect(status).toBe(400)
    expect(text).toContain('same events')
  })

  it('refuses all where the schema is asked and refuses one, and tells no value', async () => {
    const bad = [payment('fine'), payment('wrong', { amount: 'secret' })]
    const { status, text } = await run.ask('/topics/payments?check', lines(bad))
    expect(status).toBe(422)
    expect(JSON.parse(text).error.code).toBe('ML_EVENT')
    expect(text).toContain('event 2: ')
    expect(text).toContain("'amount'")
    expect(text).not.toContain('secret')
  })

  it('takes what the schema refuses when it is not asked, and it becomes a dead letter', async () => {
    expect((await run.ask('/topics/payments', json({ no: 'payment' }))).status).toBe(200)
    const [letter] = await follow('/topics/fraud-scoring.dead-letters?from=start', 1)
    expect(letter.data).toBe('{"no":"payment"}')
  })

  it('refuses all where one lacks a field that is named', async () => {
    const { status, text } = await run.ask(
      '/topics/payments?key=card',
      lines([payment('x'), { id: 'y' }]),
    )
    expect(status).toBe(422)
    expect(text).toContain("event 2 has no key (text or number) in 'card'")
  })

  it.each([
    ['a topic that the definition only writes', '/topics/scores', json({}), 404],
    ['a topic of Millrace itself', '/topics/_millrace.control', json({}), 404],
    ['a topic that is not there', '/topics/none', json({}), 404],
    ['a name with a path in it', '/topics/..%2fpayments', json({}), 404],
    [
      'another content type',
      '/topics/payments',
      { ...json({}), headers: { 'content-type': 'text/plain' } },
      415,
    ],
    ['a body that is packed', '/topics/payments', json({}, { 'content-encoding': 'gzip' }), 415],
    ['a body without an event', '/topics/payments', { ...json({}), body: ' \n' }, 400],
    ['an option that is not known', '/topics/payments?keys=card', json({}), 400],
    ['an event above its limit', '/topics/payments', json({ x: 'x'.repeat(1 << 20) }), 413],
    ['a line above its limit', '/topics/payments', lines([{ x: 'x'.repeat(1 << 20) }]), 413],
    [
      'more events than a request may have',
      '/topics/payments',
      lines(Array.from({ length: 10_001 }, () => 1)),
      413,
    ],
    [
      'an event that is nested too deep',
      '/topics/payments',
      { ...json({}), body: '['.repeat(33) + ']'.repeat(33) },
      413,
    ],
  ])('refuses %s', async (_, path, asking, expected) => {
    const { status, text } = await run.ask(path, asking)
    expect([status, JSON.parse(text).error.retryable]).toEqual([expected, false])
  })
})

describe('GET /topics/NAME', () => {
  it('goes on behind the last event its reader had', async () => {
    const [, second, third] = await follow('/topics/payments?from=start', 3)
    const [next] = await follow('/topics/payments', 1, second.id)
    expect(next).toEqual(third)
  })

  it('gives what comes from now on, where nothing is said', async () => {
    const next = follow('/topics/payments', 1)
    // Sent until the reader is there: which of them it sees first is not known.
    const sent = setInterval(
      () => void run.ask('/topics/payments', json(payment('now'))).catch(() => undefined),
      50,
    )
    const [{ data }] = await next
    clearInterval(sent)
    expect(data).toContain('"now"')
  })

  it('gives what the pipeline wrote', async () => {
    const [{ data }] = await follow('/topics/scores?from=start', 1)
    expect(JSON.parse(data)).toMatchObject({ id: 'p0' })
  })

  it.each([
    ['an id of another topic', '/topics/payments', { 'last-event-id': '1-2' }, 400],
    ['an id beyond the end', '/topics/payments', { 'last-event-id': '99999' }, 410],
    ['another option', '/topics/payments?form=start', {}, 400],
    ['a topic of Millrace itself', '/topics/_fraud-scoring.receipts', {}, 404],
  ])('refuses %s', async (_, path, headers, expected) => {
    expect((await run.ask(path, { headers })).status).toBe(expected)
  })
})
