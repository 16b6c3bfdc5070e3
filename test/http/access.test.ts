// Who may reach a run over HTTP, how it tells how it is, and what a client that means harm can do.
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/http/address.ts'
import { millrace } from '../cli/millrace.ts'
import { HttpRun, PAYMENTS, json, newFolder } from './run-child.ts'

const TOKEN = 'a-token-of-enough-characters'
const open = newFolder()
const closed = newFolder()
let free: HttpRun
let guarded: HttpRun
beforeAll(async () => {
  const args = [PAYMENTS, '--partitions', '1', '--workers', '1', '--http']
  free = await HttpRun.start([...args, '0', '--log', open.path])
  guarded = await HttpRun.start([...args, '0.0.0.0:0', '--log', closed.path], {
    MILLRACE_TOKEN: TOKEN,
  })
})
afterAll(async () => {
  await Promise.all([free.kill(), guarded.kill()])
  open.remove()
  closed.remove()
})

const ROUTES = [
  '/ready',
  '/metrics',
  '/topics/scores',
  '/topics/payments',
  '/features/card/a',
  '/none',
] as const

describe('without a token', () => {
  it('listens on this machine alone', () => {
    expect(free.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it.each([
    ['a name that leads here from outside', { host: 'evil.example' }],
    ['the same with a port', { host: 'evil.example:80' }],
    ['an address of another machine', { host: '10.0.0.1' }],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page of no site', { origin: 'null' }],
    ['what a browser calls foreign', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses a request with %s', async (_, headers) => {
    for (const path of ['/health', ...ROUTES]) {
      const { status } = await free.ask(path, { headers })
      expect([path, status]).toEqual([path, 403])
    }
    expect((await free.ask('/topics/payments', json({}, headers))).status).toBe(403)
  })

  it('answers what names this machine', async () => {
    expect((await free.ask('/health', { headers: { host: 'localhost' } })).status).toBe(200)
  })

  it('allows no page of another site to read an answer', async () => {
    const { headers } = await free.ask('/health')
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('with a token', () => {
  it('answers nothing but /health to whoever does not bring it', async () => {
    expect((await guarded.ask('/health')).status).toBe(200)
    for (const authorization of ['', 'Bearer another-token-of-the-length', TOKEN, 'Basic x']) {
      for (const path of ROUTES) {
        const headers = authorization === '' ? {} : { authorization }
        const { status } = await guarded.ask(path, { headers })
        expect([path, authorization, status]).toEqual([path, authorization, 401])
      }
    }
    const { status, text } = await guarded.ask('/topics/payments', json({}))
    expect([status, JSON.parse(text).error.code]).toEqual([401, 'ML_ACCESS'])
  })

  it('answers whoever brings it, whatever the host is called', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, host: 'scores.example' }
    expect((await guarded.ask('/metrics', { headers })).status).toBe(200)
  })

  it('never says it', async () => {
    const answers = await Promise.all(ROUTES.map((path) => guarded.ask(path)))
    expect(guarded.said + answers.map(({ text }) => text).join('')).not.toContain(TOKEN)
  })
})

describe('an address', () => {
  it('that others can reach is refused without a token, before anything is written', async () => {
    for (const address of ['0.0.0.0:0', '[::]:0', 'example.org:80']) {
      const { code, err } = await millrace(['run', PAYMENTS, '--http', address, '--log', open.path])
      expect([address, code]).toEqual([address, 2])
      expect(err).toContain('MILLRACE_TOKEN')
    }
  })

  it('with a token that can be guessed is refused', async () => {
    const { code } = await millrace([
      'run',
      PAYMENTS,
      '--http',
      '0',
      '--token',
      'short',
      '--log',
      open.path,
    ])
    expect(code).toBe(2)
  })

  it('is a port, or a host and a port', () => {
    expect(parseAddress('8080')).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(parseAddress('[::1]:1')).toEqual({ host: '::1', port: 1 })
    expect(parseAddress('db.example:65535')).toEqual({ host: 'db.example', port: 65535 })
    for (const wrong of [
      '',
      'x',
      ':1',
      '1:2:3',
      '::1:8080',
      '65536',
      '127.0.0.1:',
      'http://a:1',
      '1 ',
    ])
      expect(() => parseAddress(wrong)).toThrow('a port, or a host and a port')
  })
})

describe('how a run is', () => {
  it('is ready when all workers have told that they work', async () => {
    const { status, text } = await free.askUntil('/ready', (answered) => answered.status === 200)
    expect([status, JSON.parse(text)]).toEqual([200, { ready: true, reasons: [] }])
  })

  it('is told in figures that balance', async () => {
    const sent = [
      { id: 'f1', card: 'a', amount: 5, at: '2026-01-05T10:00:00Z' },
      { id: 'f2', card: 'a', amount: 'no', at: '2026-01-05T10:00:01Z' },
    ]
    for (const event of sent) await free.ask('/topics/payments', json(event))
    // The good event may be predicted before the bad one is taken: all of it must have come to rest.
    const source = 'stage="source.payments",task="0"'
    const rest = [
      `millrace_records_total{${source},outcome="good"} 1`,
      `millrace_records_total{${source},outcome="bad"} 1`,
      `millrace_dead_letters_total{${source}} 1`,
      `millrace_lag_records{${source},topic="payments",partition="0"} 0`,
      'millrace_predictions_total{stage="by-card.card",task="0"} 1',
    ]
    const { text, headers } = await free.askUntil('/metrics', ({ text: told }) =>
      rest.every((line) => told.includes(`${line}\n`)),
    )
    expect(headers['content-type']).toContain('version=0.0.4')
    expect(text).toMatch(/millrace_commit_seconds_count\{stage="source.payments",task="0"\} [1-9]/)
    const [, committed] =
      /millrace_last_commit_timestamp_seconds\{stage="source.payments",task="0"\} ([\d.]+)/.exec(
        text,
      ) ?? []
    expect(Math.abs(Date.now() / 1000 - Number(committed))).toBeLessThan(3600)
    expect(text).toMatch(/millrace_memory_bytes\{process="worker-0"\} \d{6,}/)
    expect(text).toMatch(
      /millrace_http_requests_total\{method="POST",route="\/topics\/:name",status="200"\} 2/,
    )
  })
})

describe('a client that means harm', () => {
  it('that drips the head of its request is cut off, while others are answered', async () => {
    const socket = connect(Number(new URL(free.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n')
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 1000)
    // With a reset where a drip was on its way.
    socket.on('error', () => undefined)
    const ended = new Promise((done) => socket.once('close', done))
    socket.resume()
    expect((await free.ask('/health')).status).toBe(200)
    await ended
    clearInterval(drip)
  })

  it('cannot put a field into every object', async () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    await free.ask('/topics/payments?check', { ...json({}), body })
    await free.ask('/topics/payments', { ...json({}), body })
    const { text } = await free.ask('/health')
    expect(text).toBe('{"alive":true}')
    expect(free.child.exitCode).toBe(null)
  })
})
