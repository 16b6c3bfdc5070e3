// A way to a broker that misbehaves: every request of Millrace's passes a script, which lets it through, or loses it or its answer
// with the connection, or sends it twice, or holds it back until it is released, long after its sender has gone on.
import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

export interface PassingRequest {
  /** The kind of request: 0 Produce, 22 InitProducerId, 24 AddPartitionsToTxn, 26 EndTxn. */
  readonly kind: number
  readonly version: number
}

/**
 * `lose`: the broker never sees it, and the connection breaks. `lose-answer`: the broker does what it asks, and the connection breaks.
 * `twice`: the broker gets it again on another connection. `hold`: the connection breaks, and the broker gets it when it is released.
 */
export type Fate = 'pass' | 'lose' | 'lose-answer' | 'twice' | 'hold'

const CLIENT = 'millrace'

export class FaultyProxy {
  readonly address: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #target = 0
  #held: Buffer[] = []
  #script: (request: PassingRequest) => Fate = () => 'pass'

  private constructor(server: Server, port: number) {
    this.#server = server
    this.address = `127.0.0.1:${port}`
    server.on('connection', (client: Socket) => this.#relay(client))
  }

  static async listen(): Promise<FaultyProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return new FaultyProxy(
      server,
      typeof address === 'object' && address !== null ? address.port : 0,
    )
  }

  /** @param broker `HOST:PORT` of the broker behind it. */
  lead(broker: string): void {
    this.#target = Number(broker.split(':')[1])
  }

  /** Decides on each request of Millrace's from now on. */
  follow(script: (request: PassingRequest) => Fate): void {
    this.#script = script
  }

  get held(): number {
    return this.#held.length
  }

  /** The broker gets what was held back. Resolves when it has answered all of it. @returns the answers. */
  async release(): Promise<Buffer[]> {
    const held = this.#held
    this.#held = []
    return Promise.all(held.map((frame) => this.#alone(frame)))
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #open(): Socket {
    const socket = connect(this.#target, '127.0.0.1')
    this.#keep(socket)
    return socket
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #relay(client: Socket): void {
    this.#keep(client)
    const broker = this.#open()
    /** Correlation ids of requests whose answers are lost. */
    const lost = new Set<number>()
    const cut = (): void => {
      client.destroy()
      broker.destroy()
    }
    client.on('close', () => broker.end())
    broker.on('close', () => client.destroy())
    client.on(
      'data',
      frames((frame) => {
        if (client.destroyed) return
        const fate = this.#fateOf(frame)
        if (fate === 'hold') this.#held.push(Buffer.from(frame))
        if (fate === 'hold' || fate === 'lose') {
          cut()
          return
        }
        if (fate === 'lose-answer') lost.add(frame.readInt32BE(8))
        broker.write(frame)
        if (fate === 'twice') void this.#alone(Buffer.from(frame))
      }),
    )
    broker.on(
      'data',
      frames((frame) => {
        if (lost.has(frame.readInt32BE(4))) cut()
        else if (!client.destroyed) client.write(frame)
      }),
    )
  }

  #fateOf(frame: Buffer): Fate {
    const length = frame.readInt16BE(12)
    // What brokers tell each other passes.
    if (length < 0 || frame.toString('utf8', 14, 14 + length) !== CLIENT) return 'pass'
    return this.#script({ kind: frame.readInt16BE(4), version: frame.readInt16BE(6) })
  }

  /** One request on a connection of its own. @returns its answer; empty where the connection ended first. */
  #alone(frame: Buffer): Promise<Buffer> {
    const socket = this.#open()
    return new Promise((resolve) => {
      socket.on('close', () => resolve(Buffer.alloc(0)))
      socket.on(
        'data',
        frames((answer) => {
          resolve(Buffer.from(answer))
          socket.destroy()
        }),
      )
      socket.write(frame)
    })
  }
}

/** Cuts a stream of bytes into frames: four bytes of length, then so many. */
function frames(each: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4) {
      const end = 4 + rest.readInt32BE(0)
      if (rest.length < end) return
      each(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}
