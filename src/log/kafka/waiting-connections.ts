// Connections for requests that wait at the broker: it answers the requests of a connection one after the other, so that
// whatever came behind one that waits would wait as well.
import type { Cluster } from './cluster.ts'
import type { BrokerAddress, Request } from './requests.ts'
import type { Connection } from './wire.ts'

export class WaitingConnections {
  readonly #cluster: Cluster
  readonly #idle = new Map<string, Connection[]>()
  readonly #all = new Set<Connection>()
  #closed = false

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Asks on a connection that nothing else waits on. */
  async ask<T>(broker: BrokerAddress, request: Request<T>): Promise<T> {
    const key = `${broker.host}:${broker.port}`
    const idle = this.#idle.get(key) ?? []
    this.#idle.set(key, idle)
    const connection = idle.pop() ?? (await this.#open(broker))
    try {
      const answer = await this.#cluster.ask(broker, request, connection)
      if (this.#closed) this.#drop(connection)
      else idle.push(connection)
      return answer
    } catch (error) {
      this.#drop(connection)
      throw error
    }
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#all) this.#drop(connection)
  }

  async #open(broker: BrokerAddress): Promise<Connection> {
    const connection = await this.#cluster.connect(broker)
    this.#all.add(connection)
    return connection
  }

  #drop(connection: Connection): void {
    this.#all.delete(connection)
    connection.close(() => undefined)
  }
}
