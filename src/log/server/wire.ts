// Messages between the log and its clients over a Unix socket: a fixed header, a small JSON head, then runs as they lie on
// the device. Every message is assembled in memory of its own at a multiple of 8, so that runs are read where they came to lie.
import type { Socket } from 'node:net'
import { ConnectorError } from '../../base/errors.ts'

/** Header: length of all, kind, id of the request, length of the head; 32 bits each. */
const HEADER = 16
/** A message is refused above that: the peer is no client of a log. */
const MESSAGE_BYTES_MAX = 0x7fff_ffff

/** Kinds; their upper bits say that this is the protocol, and its version 1, to a peer that is neither. */
const PROTOCOL = 0x4d4c_0100
export const REQUEST: number = PROTOCOL | 1
export const ANSWER: number = PROTOCOL | 2
export const FAILURE: number = PROTOCOL | 3
export const ABORT: number = PROTOCOL | 4

export interface Message {
  readonly kind: number
  readonly id: number
  readonly head: string
  /** Runs, at a multiple of 8 in memory. */
  readonly runs: Buffer
}

const align = (bytes: number): number => (bytes + 7) & ~7

/** The beginning of a message, with room for `runs` bytes behind it when `withRoom`; runs begin at `at`. */
export function beginMessage(message: {
  kind: number
  id: number
  head: unknown
  runs: number
  withRoom: boolean
}): { buffer: Buffer; at: number } {
  const head = JSON.stringify(message.head)
  const headBytes = Buffer.byteLength(head)
  const at = align(HEADER + headBytes)
  const buffer = Buffer.allocUnsafeSlow(at + (message.withRoom ? message.runs : 0))
  buffer.fill(0x20, at - 8, at)
  buffer.writeUInt32LE(at + message.runs, 0)
  buffer.writeUInt32LE(message.kind, 4)
  buffer.writeUInt32LE(message.id, 8)
  buffer.writeUInt32LE(headBytes, 12)
  buffer.write(head, HEADER)
  return { buffer, at }
}

/** Sends a message whose runs lie elsewhere, without copying them. */
export function sendMessage(
  socket: Socket,
  message: { kind: number; id: number; head: unknown },
  parts: readonly Buffer[] = [],
): void {
  const runs = parts.reduce((sum, part) => sum + part.length, 0)
  const { buffer } = beginMessage({ ...message, runs, withRoom: false })
  socket.cork()
  socket.write(buffer)
  for (const part of parts) socket.write(part)
  socket.uncork()
}

/** Puts what a socket gives together to messages. */
export class MessageReader {
  readonly #take: (message: Message) => void
  #header = Buffer.allocUnsafeSlow(HEADER)
  #message: Buffer | undefined
  #filled = 0

  constructor(take: (message: Message) => void) {
    this.#take = take
  }

  /** @throws ConnectorError ML_CONNECTION when these are no messages. */
  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      const target = this.#message ?? this.#header
      const bytes = Math.min(target.length - this.#filled, chunk.length - at)
      chunk.copy(target, this.#filled, at, at + bytes)
      this.#filled += bytes
      at += bytes
      if (this.#message === undefined && this.#filled === HEADER) this.#begin()
      if (this.#message !== undefined && this.#filled === this.#message.length)
        this.#end(this.#message)
    }
  }

  #begin(): void {
    const length = this.#header.readUInt32LE(0)
    const head = this.#header.readUInt32LE(12)
    const kind = this.#header.readUInt32LE(4)
    if (
      (kind & ~0xff) !== PROTOCOL ||
      length > MESSAGE_BYTES_MAX ||
      align(HEADER + head) > length
    ) {
      throw new ConnectorError(
        'ML_CONNECTION',
        "a peer of the log must send the log's messages; found other bytes: both sides need the same version of Millrace",
      )
    }
    this.#message = Buffer.allocUnsafeSlow(length)
    this.#header.copy(this.#message)
  }

  #end(message: Buffer): void {
    this.#message = undefined
    this.#filled = 0
    const headBytes = message.readUInt32LE(12)
    this.#take({
      kind: message.readUInt32LE(4),
      id: message.readUInt32LE(8),
      head: message.toString('utf8', HEADER, HEADER + headBytes),
      runs: message.subarray(align(HEADER + headBytes)),
    })
  }
}
