// Connections that a broker ends with a reset, as one that is killed does: whoever asked is told, and nothing else happens.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Cluster } from '../../../src/log/kafka/cluster.ts'
import { metadata } from '../../../src/log/kafka/requests.ts'
import { AS_THE_CLUSTER_SAYS, TIMEOUTS } from '../../../src/log/kafka/kafka-config.ts'
import { PLAIN_CONNECTIONS } from '../../../src/log/kafka/security.ts'
import { loadWire, type Connection } from '../../../src/log/kafka/wire.ts'

const server = createServer((socket) => {
  socket.on('error', () => undefined)
  socket.once('data', () => socket.resetAndDestroy())
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
})

it('has somebody who hears of each error of a connection, also after the first', async () => {
  const wire = await loadWire()
  const made: Connection[] = []
  class ConnectionPool extends wire.ConnectionPool {
    constructor(...of: ConstructorParameters<typeof wire.ConnectionPool>) {
      super(...of)
      this.on('connecting', ({ connection }) => made.push(connection))
    }
  }
  const { port } = server.address() as AddressInfo
  const broker = { host: '127.0.0.1', port }
  const cluster = new Cluster(
    { ...wire, ConnectionPool },
    {
      brokers: [broker],
      clientId: 'millrace',
      security: PLAIN_CONNECTIONS,
      topics: AS_THE_CLUSTER_SAYS,
      timeouts: TIMEOUTS,
    },
  )
  await expect(cluster.ask(broker, metadata([]))).rejects.toThrow(/Connection/)
  const own = await cluster.connect(broker)
  await expect(cluster.ask(broker, metadata([]), own)).rejects.toThrow(/Connection/)
  expect(made).toHaveLength(1)
  for (const connection of [...made, own])
    expect(connection.listenerCount('error')).toBeGreaterThan(0)
  await cluster.close()
})
