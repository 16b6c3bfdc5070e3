import { describe, expect, it } from 'vitest'
import type { Log } from '../../src/contracts/log.ts'
import { NewsTeller, readNews, type MemberNews } from '../../src/runner/status/member-news.ts'
import { openSim, simDisk } from '../log/embedded/fixture.ts'

const NOTHING: MemberNews = { restoring: [], copies: [] }
const RESTORES: MemberNews = {
  restoring: [{ index: 3, done: 1, total: 4, bytes: 100 }],
  copies: [],
}
const COPIES: MemberNews = { restoring: [], copies: [{ index: 1, behind: 7 }] }

function place(log: Log): { log: Log; pipeline: string } {
  return { log, pipeline: 'p' }
}

describe('what a supervisor tells of itself', () => {
  it('is what it told last, and of others what those did, who told last at the end', async () => {
    const log = await openSim(simDisk(1))
    const [a, b] = ['a', 'b'].map((name) => new NewsTeller(place(log), name, () => 0))
    await a.tell(RESTORES)
    await b.tell(COPIES)
    await a.tell(COPIES)
    expect([...(await readNews(place(log)))]).toMatchObject([
      ['b', COPIES],
      ['a', COPIES],
    ])
    await b.tell(NOTHING)
    expect([...(await readNews(place(log)))]).toMatchObject([
      ['a', COPIES],
      ['b', NOTHING],
    ])
  })

  it('takes no room in a log where nothing was ever to be told', async () => {
    const log = await openSim(simDisk(2))
    const teller = new NewsTeller(place(log), 'a', () => 0)
    await teller.tell(NOTHING)
    await teller.tell(NOTHING)
    expect(await log.topics()).toEqual([])
    expect((await readNews(place(log))).size).toBe(0)
  })

  it('is told once while it stays the same, and again after a while, unless it is nothing', async () => {
    const log = await openSim(simDisk(3))
    let now = 0
    const teller = new NewsTeller(place(log), 'a', () => now)
    const told = async (): Promise<number> => (await log.topic('_p.members'))?.parts[0].end ?? 0
    for (let i = 0; i < 3; i++) await teller.tell(COPIES)
    expect(await told()).toBe(1)
    now = 60_000
    for (let i = 0; i < 3; i++) await teller.tell(COPIES)
    expect(await told()).toBe(2)
    await teller.tell(NOTHING)
    now = 120_000
    await teller.tell(NOTHING)
    expect(await told()).toBe(3)
  })

  it('takes back at its start what its process had told before it was killed', async () => {
    const log = await openSim(simDisk(4))
    await new NewsTeller(place(log), 'old', () => 0).tell(RESTORES)
    await new NewsTeller(place(log), 'new', () => 0).tell(NOTHING)
    expect([...(await readNews(place(log)))].at(-1)).toMatchObject(['new', NOTHING])
  })

  it('ends nothing where the log does not take it, and comes through when it does again', async () => {
    const log = await openSim(simDisk(5))
    const teller = new NewsTeller(place(log), 'a', () => 0)
    await teller.tell(RESTORES)
    const other = await log.openWriter('p/member/a')
    await teller.tell(COPIES)
    await teller.tell(RESTORES)
    // Whoever has its name now tells, and is not fenced by it.
    await other.append([])
    expect([...(await readNews(place(log)))]).toMatchObject([['a', RESTORES]])
  })
})
