// A run that serves HTTP, in a process of its own: the command line, real sockets, a log in a folder that is removed at the end.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request, type IncomingHttpHeaders } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MAIN } from '../built/built.ts'

export const PAYMENTS: string = fileURLToPath(
  new URL('../../examples/payments/payments.ts', import.meta.url),
)

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export class HttpRun {
  readonly child: ChildProcess
  url = ''
  /** Everything it said. */
  said = ''

  private constructor(child: ChildProcess) {
    this.child = child
  }

  /** Resolves when it listens and all its tasks work. */
  static async start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<HttpRun> {
    const child = spawn(process.execPath, [MAIN, 'run', ...args], {
      env: { ...process.env, ...env },
    })
    const run = new HttpRun(child)
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (run.said += bytes.toString()))
    const url = await run.until(() => /HTTP on (\S+)/.exec(run.said)?.[1])
    run.url = url
    const token = env.MILLRACE_TOKEN
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    await run.askUntil('/ready', ({ status }) => status === 200, headers)
    return run
  }

  /** Looks again whenever it says something, until there is something to give. */
  async until<Value>(look: () => Value | undefined): Promise<Value> {
    for (;;) {
      const value = look()
      if (value !== undefined) return value
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.said}`)
      await Promise.race([
        ...[this.child.stdout, this.child.stderr].flatMap((each) =>
          each === null ? [] : [once(each, 'data')],
        ),
        once(this.child, 'close'),
      ])
    }
  }

  ask(path: string, asking: Asking = {}): Promise<Answered> {
    return ask(this.url + path, asking)
  }

  /** Until an answer is as wanted: what runs beside comes to it by itself. */
  async askUntil(
    path: string,
    wanted: (answered: Answered) => boolean,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    for (;;) {
      const answered = await this.ask(path, { headers })
      if (wanted(answered)) return answered
      // The run needs the cores more than the question.
      await pause(100)
    }
  }

  /** In good order. @returns its exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode
    const closed = once(this.child, 'close')
    this.child.kill('SIGTERM')
    await closed
    return this.child.exitCode
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const closed = once(this.child, 'close')
    this.child.kill('SIGKILL')
    await closed
  }
}

export function ask(
  url: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => (text += bytes.toString()))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Asking {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

export function lines(
  events: readonly unknown[],
  headers: Readonly<Record<string, string>> = {},
): Asking {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body: events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  }
}

export function newFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-http-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
