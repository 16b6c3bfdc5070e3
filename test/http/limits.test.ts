// The bounds of the HTTP server, small: a real server over a real log, without the workers of a run.
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { startHttp, type HttpServer } from '../../src/http/http-server.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import type { Edge } from '../../src/contracts/edge.ts'
import type { EmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { openFolder } from '../../src/log/embedded/open-folder.ts'
import { Intake } from '../../src/runner/edge/intake.ts'
import { ask, json, lines, newFolder } from './run-child.ts'

const opened: { server: HttpServer; log: EmbeddedLog; path: string }[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const { server, log, path } of opened.splice(0)) {
    await server.close()
    await log.close()
    rmSync(path, { recursive: true })
  }
})

const SMALL = { journalBytes: 1 << 20, segmentBytes: 1 << 20, reserveBytes: 8 << 20 }

async function serve(
  limits: Partial<HttpLimits>,
  sizes = {},
): Promise<{ url: string; log: EmbeddedLog }> {
  const { path } = newFolder()
  const log = await openFolder(path, { ...SMALL, ...sizes })
  await log.ensureTopic({ name: 'events', partitions: 1 })
  const intake = new Intake({
    log,
    pipeline: 'p',
    place: undefined,
    schemas: new Map(),
    now: () => Date.now(),
  })
  const edge: Edge = {
    pipeline: 'p',
    useOf: (topic) => (topic === 'events' ? 'write' : undefined),
    append: (request) => intake.append(request),
    partitions: async (topic) => (await log.topic(topic))?.parts ?? [],
    read: (from, options) => log.read(from, options),
    features: async () => undefined,
    readiness: () => ({ ready: true, reasons: [] }),
    figures: async () => [],
  }
  const server = await startHttp({ edge, host: '127.0.0.1', port: 0, limits })
  opened.push({ server, log, path })
  return { url: server.url, log }
}

/** A connection that sends this, and goes on as it is told. */
async function raw(url: string, text: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

const HEAD = 'Host: localhost\r\nContent-Type: application/x-ndjson\r\n'

describe('more than is taken', () => {
  it('at once is told to come later, and room is given back when a sender goes away', async () => {
    const { url } = await serve({ inFlightBytes: 2000, bodyBytes: 1500 })
    const slow = await raw(
      url,
      `POST /topics/events HTTP/1.1\r\n${HEAD}Content-Length: 1400\r\n\r\n`,
    )
    const inFlight = async (): Promise<string> => (await ask(`${url}/metrics`)).text
    while (!(await inFlight()).includes('in_flight_bytes 1400'));
    const refused = await ask(`${url}/topics/events`, lines(Array.from({ length: 400 }, () => 1)))
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code: 'ML_BUSY', retryable: true } })
    expect((await ask(`${url}/topics/events`, json(1))).status).toBe(200)
    slow.destroy()
    while (!(await inFlight()).includes('in_flight_bytes 0'));
    expect(
      (await ask(`${url}/topics/events`, lines(Array.from({ length: 400 }, () => 1)))).status,
    ).toBe(200)
  })

  it('a second is told when to come, and a request of more than a second is taken, and pays', async () => {
    const { url } = await serve({ eventsPerSecond: 10 })
    expect(
      (await ask(`${url}/topics/events`, lines(Array.from({ length: 300 }, () => 1)))).status,
    ).toBe(200)
    const refused = await ask(`${url}/topics/events`, json(1))
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3)
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(30)
  })

  it('of a body without a length is cut off at its bound', async () => {
    const { url } = await serve({ bodyBytes: 1000 })
    const socket = await raw(
      url,
      `POST /topics/events HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`,
    )
    let said = ''
    socket.on('data', (bytes: Buffer) => (said += bytes.toString()))
    // In one piece: what is written after the answer would have the system throw the answer away.
    socket.write(`64\r\n${'1'.repeat(100)}\r\n`.repeat(11))
    await once(socket, 'close')
    expect(said).toContain('413')
  })

  it('than the device has is 507, and what was acknowledged can be read', async () => {
    const { url, log } = await serve({}, { maxBytes: 16 << 20 })
    const events = lines([{ x: 'x'.repeat(900_000) }])
    let taken = 0
    let answer = await ask(`${url}/topics/events`, events)
    for (; answer.status === 200; taken++) answer = await ask(`${url}/topics/events`, events)
    expect([answer.status, answer.headers['retry-after']]).toEqual([507, '1'])
    expect(JSON.parse(answer.text)).toMatchObject({
      error: { code: 'ML_DISK_FULL', retryable: true },
    })
    expect((await log.topic('events'))?.parts[0].end).toBe(taken)
    expect(taken).toBeGreaterThan(3)
  })
})

describe('who is slow', () => {
  it('with a request is cut off, whole or not', async () => {
    const { url } = await serve({ headersMs: 300, requestMs: 600, lookMs: 100 })
    const head = await raw(url, 'GET /health HTTP/1.1\r\n')
    const body = await raw(
      url,
      `POST /topics/events HTTP/1.1\r\n${HEAD}Content-Length: 10\r\n\r\n1`,
    )
    for (const socket of [head, body]) socket.resume()
    await Promise.all([once(head, 'close'), once(body, 'close')])
  })

  it('in reading what it follows is given up', async () => {
    const { url } = await serve({ unreadMs: 300, followers: 1 })
    const request = 'GET /topics/events?from=start HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const slow = await raw(url, request)
    await once(slow, 'data')
    slow.pause()
    // More than the buffers of both ends hold.
    const events = lines([{ x: 'x'.repeat(900_000) }])
    for (let i = 0; i < 40; i++)
      expect((await ask(`${url}/topics/events`, events)).status).toBe(200)
    // There is room for one: another is taken once this one is let go, which it has not asked for.
    for (;;) {
      const other = await raw(url, request)
      const [bytes] = await once(other, 'data')
      if (String(bytes).includes('200 OK')) break
      other.destroy()
    }
    expect(slow.destroyed).toBe(false)
  })
})

describe('who follows', () => {
  it('is told now and then that nothing came', async () => {
    const { url } = await serve({ keepAliveMs: 50 })
    const follower = await raw(url, 'GET /topics/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    let said = ''
    while (!/nothing yet[^]*nothing yet/.test(said)) {
      const [bytes] = await once(follower, 'data')
      said += String(bytes)
    }
    expect(said).toContain('text/event-stream')
  })

  it('is one of a bounded number, and leaves room when it goes', async () => {
    const { url } = await serve({ followers: 1 })
    const follower = await raw(url, 'GET /topics/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(follower, 'data')
    const refused = await ask(`${url}/topics/events`)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '5'])
    follower.destroy()
    const again = (): Promise<Socket> =>
      raw(url, 'GET /topics/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    for (;;) {
      const other = await again()
      const [bytes] = await once(other, 'data')
      if (String(bytes).includes('200 OK')) break
      other.destroy()
    }
  })

  it('ends with the server, which does not wait for it', async () => {
    const { url } = await serve({})
    const follower = await raw(url, 'GET /topics/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(follower, 'data')
    follower.resume()
    const closed = once(follower, 'close')
    await opened[0].server.close()
    await closed
  })
})
