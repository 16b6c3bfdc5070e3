// A log in another thread or process, reached over its socket: the same contract, requests pipelined.
// When the socket closes, what is under way fails with ML_CONNECTION: whether an append happened is then unknown.
import { createConnection, type Socket } from 'node:net'
import { ConnectorError } from '../../base/errors.ts'
import type {
  Append,
  EnsureOptions,
  Log,
  ReadFrom,
  ReadOptions,
  ReadResult,
  ReadRun,
  TopicInfo,
  TopicSpec,
  Writer,
  WriterOptions,
} from '../../contracts/log.ts'
import type { Checkpoint } from '../embedded/checkpoint.ts'
import { runsOf } from '../embedded/reader.ts'
import { encodeRun, runShape, type RunShape } from '../embedded/run.ts'
import { EmbeddedWriter, type WriterCall } from '../embedded/writer.ts'
import { errorFromWire } from './error-wire.ts'
import type { CutAnswer, ReadAnswer, Request } from './requests.ts'
import {
  ABORT,
  ANSWER,
  MessageReader,
  REQUEST,
  beginMessage,
  sendMessage,
  type Message,
} from './wire.ts'

export interface LogClient extends Log {
  /** A consistent state of the log in its segment files, which stay until it is released or the connection ends. */
  cut(): Promise<LogCut>
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>
}

export interface LogCut {
  readonly checkpoint: Checkpoint
  readonly release: () => Promise<void>
}

/** @throws ConnectorError ML_CONNECTION, retryable, when nobody answers there. */
export async function connectLog(socketPath: string): Promise<LogClient> {
  const socket = createConnection(socketPath)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (cause) => {
      reject(
        new ConnectorError(
          'ML_CONNECTION',
          `a log must listen on ${socketPath}; found none: start it first`,
          {
            retryable: true,
            cause,
            details: { socketPath },
          },
        ),
      )
    })
  })
  return new Client(socket)
}

interface Call {
  readonly resolve: (message: Message) => void
  readonly reject: (error: Error) => void
}

class Client implements LogClient {
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #calls = new Map<number, Call>()
  #lastId = 0
  #ended: Error | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    const reader = new MessageReader((message) => this.#take(message))
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined)
      }
    })
    // 'close' follows. Who waits for the end hears of it before the calls under way fail.
    let cause: Error | undefined
    socket.on('error', (error) => (cause = error))
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve()
        this.#end(cause)
      })
    })
  }

  async ensureTopic(spec: TopicSpec, { grow = false }: EnsureOptions = {}): Promise<void> {
    await this.#ask({ op: 'ensureTopic', spec, grow })
  }

  async topics(): Promise<readonly TopicInfo[]> {
    return JSON.parse((await this.#ask({ op: 'topics' })).head)
  }

  async topic(name: string): Promise<TopicInfo | undefined> {
    return JSON.parse((await this.#ask({ op: 'topic', name })).head) ?? undefined
  }

  async openWriter(id: string, { fromReserve = false }: WriterOptions = {}): Promise<Writer> {
    const { head } = await this.#ask({ op: 'openWriter', writer: id, fromReserve })
    return new EmbeddedWriter(this, id, JSON.parse(head))
  }

  /** Encodes and sends at once: the caller may reuse its records, and appends leave in the order of the calls. */
  async appendFor(call: WriterCall, appends: readonly Append[]): Promise<readonly number[]> {
    const { id: writer, epoch, sequence } = call
    const shapes: (RunShape | undefined)[] = appends.map(({ records }) =>
      records.count === 0 ? undefined : runShape(records),
    )
    const runs = shapes.reduce((sum, shape) => sum + (shape?.length ?? 0), 0)
    const places = appends.map(
      ({ topic, partition, records }) => [topic, partition, records.count] as const,
    )
    const { message } = this.#send(
      { op: 'append', writer, epoch, sequence, places },
      runs,
      (buffer, at) => {
        for (let i = 0; i < appends.length; i++) {
          const shape = shapes[i]
          if (shape === undefined) continue
          const { partition, records } = appends[i]
          encodeRun(buffer, at, { place: { topic: 0, partition }, records, shape })
          at += shape.length
        }
      },
    )
    return JSON.parse((await message).head)
  }

  async read(from: readonly ReadFrom[], options: ReadOptions): Promise<ReadResult> {
    const { message, id } = this.#send({
      op: 'read',
      from: from.map(({ topic, partition, offset }) => [topic, partition, offset]),
      maxBytes: options.maxBytes,
      maxWaitMs:
        options.signal?.aborted === true
          ? 0
          : options.maxWaitMs === Infinity
            ? null
            : options.maxWaitMs,
    })
    const abort = (): void => {
      if (this.#ended === undefined) sendMessage(this.#socket, { kind: ABORT, id, head: null })
    }
    options.signal?.addEventListener('abort', abort)
    try {
      const { head, runs: bytes } = await message
      const answer: ReadAnswer = JSON.parse(head)
      const runs: ReadRun[] = []
      let at = 0
      for (const [index, length] of answer.parts) {
        runs.push(...runsOf(bytes.subarray(at, at + length), from[index]))
        at += length
      }
      return { runs, next: answer.next.map(([offset, end]) => ({ offset, end })) }
    } finally {
      options.signal?.removeEventListener('abort', abort)
    }
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    await this.#ask({ op: 'trim', topic, partition, before })
  }

  async cut(): Promise<LogCut> {
    const { head } = await this.#ask({ op: 'cut' })
    const { cut, checkpoint }: CutAnswer = JSON.parse(head)
    return {
      checkpoint,
      release: async () => {
        await this.#ask({ op: 'release', cut })
      },
    }
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.closed
  }

  #ask(request: Request): Promise<Message> {
    return this.#send(request).message
  }

  #send(
    request: Request,
    runs = 0,
    write?: (buffer: Buffer, at: number) => void,
  ): { message: Promise<Message>; id: number } {
    const id = (this.#lastId = (this.#lastId + 1) >>> 0)
    if (this.#ended !== undefined) return { id, message: Promise.reject(this.#ended) }
    const { buffer, at } = beginMessage({ kind: REQUEST, id, head: request, runs, withRoom: true })
    write?.(buffer, at)
    const message = new Promise<Message>((resolve, reject) =>
      this.#calls.set(id, { resolve, reject }),
    )
    this.#socket.write(buffer)
    return { id, message }
  }

  #take(message: Message): void {
    const call = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.kind === ANSWER) call?.resolve(message)
    else call?.reject(errorFromWire(JSON.parse(message.head)))
  }

  #end(cause: Error | undefined): void {
    this.#ended ??= new ConnectorError(
      'ML_CONNECTION',
      'the connection to the log must stay open; found it closed: whether an append under way happened is unknown, connect and read what is there',
      { retryable: true, ...(cause === undefined ? {} : { cause }) },
    )
    for (const { reject } of this.#calls.values()) reject(this.#ended)
    this.#calls.clear()
  }
}
