// A process of a page, with all that it starts, and what it said.
import { spawn, type ChildProcess } from 'node:child_process'
import { delimiter, join } from 'node:path'

export interface Ended {
  readonly code: number | null
  /** Standard output and errors, as they came. */
  readonly text: string
}

/** Beyond this an example hangs: it is ended, so that a failing page leaves nothing behind. */
const LIMIT_MS = 180_000

export class Child {
  readonly #child: ChildProcess
  readonly #listeners: (() => void)[] = []
  readonly ended: Promise<Ended>
  #text = ''

  constructor(folder: string, command: string, args: readonly string[]) {
    const path = `${join(folder, '.bin')}${delimiter}${process.env.PATH}`
    const env: NodeJS.ProcessEnv = { ...process.env, PATH: path, NO_COLOR: '1' }
    for (const name of Object.keys(env)) if (/^(VITEST|MILLRACE_LOG)/.test(name)) delete env[name]
    const stdio = ['ignore', 'pipe', 'pipe'] as const
    this.#child = spawn(command, args, { cwd: folder, env, stdio: [...stdio], detached: true })
    for (const output of [this.#child.stdout, this.#child.stderr])
      output?.on('data', (part: Buffer) => this.#heard(part.toString()))
    const limit = setTimeout(() => this.#signal('SIGKILL'), LIMIT_MS)
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code) => {
        clearTimeout(limit)
        resolve({ code, text: this.#text })
        for (const listener of this.#listeners) listener()
      })
    })
  }

  /** When this has been said; a process that ends before has failed, also with 0. */
  async said(text: string): Promise<Ended> {
    const { promise, resolve } = Promise.withResolvers<Ended>()
    const look = (): void => {
      const { exitCode } = this.#child
      if (this.#text.includes(text) && exitCode === null) resolve({ code: 0, text: this.#text })
      else if (exitCode !== null)
        resolve({
          code: exitCode === 0 ? -1 : exitCode,
          text: `${this.#text}\nnever said: ${text}`,
        })
    }
    this.#listeners.push(look)
    look()
    return promise
  }

  /** Ends it as Ctrl-C does: the signal goes to all that it started. */
  interrupt(): Promise<Ended> {
    this.#signal('SIGINT')
    return this.ended
  }

  #heard(part: string): void {
    this.#text += part
    for (const listener of this.#listeners) listener()
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode } = this.#child
    if (pid !== undefined && exitCode === null) process.kill(-pid, signal)
  }
}
