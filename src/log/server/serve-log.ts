// Serves an embedded log to other threads and processes over a Unix socket that only this user can open.
// Bounded: a client that does not read its answers, or a log that cannot keep up, stops the reading of requests.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { ConnectorError } from '../../base/errors.ts'
import type { EmbeddedLog } from '../embedded/embedded-log.ts'
import { errorToWire } from './error-wire.ts'
import type { CutAnswer, ReadAnswer, Request } from './requests.ts'
import { ABORT, ANSWER, FAILURE, MessageReader, sendMessage, type Message } from './wire.ts'

/** Answers that wait in the socket of one client. */
const ANSWER_BYTES_MAX = 16 << 20
/** Appends that wait for a flush, of all clients. */
const PENDING_BYTES_MAX = 64 << 20

export interface LogServer {
  /** Ends every connection; the log stays open. */
  close(): Promise<void>
}

/**
 * Listens on the path. A file that is left there is removed: the caller owns the folder.
 * @throws ConnectorError ML_CONNECTION when the path cannot be listened on.
 */
export async function serveLog(log: EmbeddedLog, socketPath: string): Promise<LogServer> {
  const connections = new Set<Connection>()
  const server = createServer((socket) => {
    const connection = new Connection(log, socket, () => {
      for (const other of connections) other.resume()
    })
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  })
  rmSync(socketPath, { force: true })
  await listen(server, socketPath)
  chmodSync(socketPath, 0o600)
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const connection of connections) connection.destroy()
      await closed
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ConnectorError(
          'ML_CONNECTION',
          `the log must be able to listen on ${path}; found that it cannot: ${cause.message}`,
          { cause },
        ),
      )
    })
    server.listen(path, () => resolve())
  })
}

class Connection {
  readonly #log: EmbeddedLog
  readonly #socket: Socket
  readonly #flushed: () => void
  readonly #reads = new Map<number, AbortController>()
  /** Ends of the cuts that this client holds. */
  readonly #cuts = new Map<number, () => void>()
  #lastCut = 0
  #paused = false

  constructor(log: EmbeddedLog, socket: Socket, flushed: () => void) {
    this.#log = log
    this.#socket = socket
    this.#flushed = flushed
    const reader = new MessageReader((message) => this.#take(message))
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch {
        // Not a client of ours, or of another version: there is no one to answer.
        this.destroy()
      }
      if (this.#full) this.#pause()
    })
    socket.on('drain', () => this.resume())
    socket.on('error', () => this.destroy())
    socket.on('close', () => {
      for (const read of this.#reads.values()) read.abort()
      for (const release of this.#cuts.values()) release()
    })
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Reads on, when there is room again. */
  resume(): void {
    if (!this.#paused || this.#full) return
    this.#paused = false
    this.#socket.resume()
  }

  get #full(): boolean {
    return (
      this.#socket.writableLength > ANSWER_BYTES_MAX || this.#log.pendingBytes > PENDING_BYTES_MAX
    )
  }

  #pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  #take(message: Message): void {
    if (message.kind === ABORT) {
      this.#reads.get(message.id)?.abort()
      return
    }
    this.#answer(message).catch((error: unknown) => {
      if (!this.#socket.destroyed)
        sendMessage(this.#socket, { kind: FAILURE, id: message.id, head: errorToWire(error) })
    })
  }

  async #answer(message: Message): Promise<void> {
    const request: Request = JSON.parse(message.head)
    if (request.op === 'read') {
      await this.#read(message.id, request)
      return
    }
    const head = await this.#do(request, message.runs)
    if (!this.#socket.destroyed)
      sendMessage(this.#socket, { kind: ANSWER, id: message.id, head: head ?? null })
    if (request.op === 'append') this.#flushed()
  }

  #do(request: Exclude<Request, { op: 'read' }>, runs: Buffer): Promise<unknown> {
    switch (request.op) {
      case 'append': {
        const { writer: id, epoch, sequence } = request
        const places = request.places.map(([topic, partition, count]) => ({
          topic,
          partition,
          count,
        }))
        return this.#log.appendEncoded({ id, epoch, sequence }, places, runs)
      }
      case 'ensureTopic':
        return this.#log.ensureTopic(request.spec, { grow: request.grow })
      case 'topics':
        return this.#log.topics()
      case 'topic':
        return this.#log.topic(request.name)
      case 'openWriter':
        return this.#log
          .openWriter(request.writer, { fromReserve: request.fromReserve })
          .then(({ epoch }) => epoch)
      case 'trim':
        return this.#log.trim(request.topic, request.partition, request.before)
      case 'cut':
        return this.#cut()
      case 'release':
        this.#cuts.get(request.cut)?.()
        this.#cuts.delete(request.cut)
        return Promise.resolve()
    }
  }

  async #cut(): Promise<CutAnswer> {
    const { checkpoint, release } = await this.#log.cut()
    const cut = ++this.#lastCut
    if (this.#socket.destroyed) release()
    else this.#cuts.set(cut, release)
    return { cut, checkpoint }
  }

  async #read(id: number, request: Extract<Request, { op: 'read' }>): Promise<void> {
    const controller = new AbortController()
    this.#reads.set(id, controller)
    try {
      const from = request.from.map(([topic, partition, offset]) => ({ topic, partition, offset }))
      const result = await this.#log.readBytes(from, {
        maxBytes: request.maxBytes,
        maxWaitMs: request.maxWaitMs ?? Infinity,
        signal: controller.signal,
      })
      if (this.#socket.destroyed) return
      const head: ReadAnswer = {
        parts: result.parts.map(({ index, bytes }) => [index, bytes.length]),
        next: result.next.map(({ offset, end }) => [offset, end]),
      }
      sendMessage(
        this.#socket,
        { kind: ANSWER, id, head },
        result.parts.map(({ bytes }) => bytes),
      )
    } finally {
      this.#reads.delete(id)
    }
  }
}
