// Which transactions of a log's writers are open, as all brokers say that coordinate any: also those whose process is no more.
import type { OpenTransaction } from '../../contracts/log.ts'
import type { Cluster } from './cluster.ts'
import { NONE } from './codes.ts'
import { describeTransactions, listOpenTransactions, OPEN } from './transaction-requests.ts'

/** @param prefix of the transactional ids: what is behind it is the name of the writer. */
export function openTransactions(
  cluster: Cluster,
  prefix: string,
): Promise<readonly OpenTransaction[]> {
  return cluster.persist('list open transactions', async () => {
    const { brokers } = await cluster.refresh([])
    const all = await Promise.all(
      [...brokers.values()].map(async (broker) => {
        const { code, ids } = await cluster.ask(broker, listOpenTransactions())
        const own = ids.filter((id) => id.startsWith(prefix))
        if (code !== NONE || own.length === 0) return { code, found: [] }
        const described = await cluster.ask(broker, describeTransactions(own))
        const found = described.filter((each) => each.code === NONE && OPEN.includes(each.state))
        return { code, found }
      }),
    )
    const failed = all.find(({ code }) => code !== NONE)
    if (failed !== undefined) return { code: failed.code }
    const open = all.flatMap(({ found }) => found)
    return {
      value: open
        .map(({ id, since }) => ({ writer: id.slice(prefix.length), since }))
        .toSorted((a, b) => a.since - b.since),
    }
  })
}
