import { describe, expect, it } from 'vitest'
import { historyOf } from './log-history.ts'
import { embedded, openEmbedded, sparse } from './log-history-logs.ts'

describe.each([1, 2, 3, 4, 5])('the history of script %d', (seed) => {
  it('is the same on a log whose offsets have gaps', async () => {
    const logs = await Promise.all([0, 1, 2].map(() => openEmbedded()))
    const histories = [
      await historyOf(embedded(logs[0]), seed),
      await historyOf(sparse(logs[1], []), seed),
      await historyOf(sparse(logs[2], ['a', 'b']), seed),
    ]
    expect(histories[1]).toEqual(histories[0])
    expect(histories[2]).toEqual(histories[0])
    const all = histories[0].join('\n')
    for (const word of ['done', 'ML_FENCED', 'ML_TOPIC', 'aborted', 'open w'])
      expect(all).toContain(word)
    await Promise.all(logs.map((log) => log.close()))
  })
})
