import { describe, expect, it } from 'vitest'
import { historyOf } from './log-history.ts'
import { embedded, hiding, openEmbedded, sparse } from './log-history-logs.ts'

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

  it('is the same where what is left open hides what lies behind it, once whoever reads has ended it', async () => {
    const logs = await Promise.all([0, 1].map(() => openEmbedded()))
    expect(await historyOf(hiding(logs[0]), seed)).toEqual(await historyOf(embedded(logs[1]), seed))
    await Promise.all(logs.map((log) => log.close()))
  })

  it('tells less where nobody ends what is left open, and all of it once somebody does', async () => {
    const logs = await Promise.all([0, 1].map(() => openEmbedded()))
    const hidden = await historyOf(hiding(logs[0]), seed, true)
    const open = await historyOf(embedded(logs[1]), seed, true)
    const reads = (history: readonly string[]): string[] =>
      history.filter((line) => line.startsWith('read'))
    const count = (lines: readonly string[]): number =>
      lines.reduce((sum, line) => sum + line.split(' v').length, 0)
    expect(count(reads(hidden))).toBeLessThan(count(reads(open)))
    // At the end all names were opened again.
    const values = (history: readonly string[]): string[] =>
      reads(history)
        .slice(-4)
        .map((line) => line.split(';')[0])
    expect(values(hidden)).toEqual(values(open))
    await Promise.all(logs.map((log) => log.close()))
  })
})
