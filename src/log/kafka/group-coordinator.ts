// The broker that keeps a group: found when it is needed, and found again when another took its place.
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectorError } from '../../base/errors.ts'
import type { Cluster } from './cluster.ts'
import { NONE } from './codes.ts'
import type { BrokerAddress, Request } from './requests.ts'
import { isDenied, type Right } from './rights.ts'
import { WaitingConnections } from './waiting-connections.ts'

const AGAIN_MS = 100

export class GroupCoordinator {
  readonly group: string
  readonly #cluster: Cluster
  readonly #waiting: WaitingConnections
  #broker: BrokerAddress | undefined
  #closed = false

  /** @param cluster its own, closed with it. */
  constructor(cluster: Cluster, group: string) {
    this.group = group
    this.#cluster = cluster
    this.#waiting = new WaitingConnections(cluster)
  }

  /** Of its members. */
  get sessionMs(): number {
    return this.#cluster.timeouts.sessionMs
  }

  /** Asked once, on a connection that nothing else waits on. @throws what the connection failed with. */
  async ask<T>(request: Request<T>): Promise<T> {
    if (this.#closed) {
      throw new ConnectorError('ML_CONNECTION', 'a group must be open to be asked; found it closed')
    }
    try {
      this.#broker ??= await this.#find()
      return await this.#waiting.ask(this.#broker, request)
    } catch (error) {
      this.#broker = undefined
      throw error
    }
  }

  /** Asked again while it may succeed later. @param codes that are answers, too. @throws ConnectorError ML_CONNECTION */
  persist<T>(what: string, request: () => Request<T>, of: CodeOf<T>): Promise<T> {
    return this.#cluster.persist(what, async () => {
      const value = await this.ask(request())
      const code = of.code(value)
      if (code === NONE || of.known.includes(code)) return { value }
      this.#broker = undefined
      const right: Right = { operation: of.operation, on: 'group', name: this.group }
      if (!isDenied(code)) await sleep(AGAIN_MS)
      return { code, right }
    })
  }

  /** Another broker may keep the group by now. */
  forget(): void {
    this.#broker = undefined
  }

  /** What is waited for ends with an error. */
  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.close()
    await this.#cluster.close()
  }

  #find(): Promise<BrokerAddress> {
    return this.#cluster.coordinatorOfGroup(this.group)
  }
}

export interface CodeOf<T> {
  readonly code: (value: T) => number
  /** Codes that are an answer. */
  readonly known: readonly number[]
  /** What must be allowed on the group. */
  readonly operation: 'Read' | 'Describe'
}
