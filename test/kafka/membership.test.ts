// Members of a group on a real Kafka, without any task behind them: who is told what, and in which order.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Membership } from '../../src/contracts/membership.ts'
import { openMembership, readGroup } from '../../src/log/open-membership.ts'
import { hasKafka, startKafka, type KafkaBroker } from './broker.ts'

const MINUTES = 180_000
const TASKS = Array.from({ length: 8 }, (_, i) => ({ id: `t/${i}`, stage: 't', stateful: true }))

class TestMember {
  readonly heard: string[] = []
  tasks: readonly string[] = []
  copies: readonly string[] = []
  failed: Error | undefined
  #member: Membership | undefined
  #changed = Promise.withResolvers<void>()

  join(member: Membership, revoke: (tasks: readonly string[]) => Promise<void>): void {
    this.#member = member
    member.join({
      assigned: ({ tasks, copies }) => {
        this.tasks = tasks
        this.copies = copies
        this.#hear('assigned')
      },
      revoke: async (tasks) => {
        this.#hear('revoke')
        await revoke(tasks)
      },
      lost: () => {
        this.tasks = []
        this.#hear('lost')
      },
      failed: (error) => {
        this.failed = error
        this.#hear('failed')
      },
    })
  }

  /** Resolves when it hears something. */
  next(): Promise<void> {
    return this.#changed.promise
  }

  async until(is: () => boolean): Promise<void> {
    while (!is()) await this.next()
  }

  has(count: number): Promise<void> {
    return this.until(() => this.tasks.length === count)
  }

  giveUp(tasks: readonly string[]): void {
    this.#member?.giveUp(tasks)
  }

  async leave(back = false): Promise<void> {
    await this.#member?.leave(back)
  }

  #hear(what: string): void {
    this.heard.push(what)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

describe.skipIf(!hasKafka)('members of a group on a real Kafka (needs Java 17 and Maven)', () => {
  let broker: KafkaBroker
  const open: TestMember[] = []
  beforeAll(async () => {
    broker = await startKafka()
  }, MINUTES)
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.leave()))
  })
  afterAll(() => broker.dispose())

  async function join(
    pipeline: string,
    name: string,
    of: {
      fixed?: boolean
      standbys?: number
      isGone?: () => boolean
      revoke?: (tasks: readonly string[]) => Promise<void>
    } = {},
  ): Promise<TestMember> {
    const joined = new TestMember()
    const member = await openMembership(`kafka://${broker.address}/g.`, {
      pipeline,
      self: {
        name,
        host: 'here',
        pid: 1,
        since: 0,
        workers: 1,
        plan: 'p',
        standbys: of.standbys ?? 0,
      },
      fixed: of.fixed ?? false,
      tasks: TASKS,
      copies: () => joined.copies,
      ...(of.isGone === undefined ? {} : { isGone: of.isGone }),
    })
    joined.join(member, of.revoke ?? (() => Promise.resolve()))
    open.push(joined)
    return joined
  }

  it(
    'keep copies of what others run, and get what they have copies of when one leaves',
    async () => {
      const a = await join('copies', 'a', { standbys: 1 })
      await a.has(8)
      expect(a.copies).toEqual([])
      const b = await join('copies', 'b')
      const c = await join('copies', 'c')
      const all = [a, b, c]
      const shared = (): boolean =>
        all.every(({ tasks }) => tasks.length >= 2) &&
        all.reduce((sum, { tasks }) => sum + tasks.length, 0) === TASKS.length &&
        all.reduce((sum, { copies }) => sum + copies.length, 0) === 8
      while (!shared()) await Promise.race(all.map((each) => each.next()))
      for (const { tasks, copies } of all)
        expect(copies.filter((task) => tasks.includes(task))).toEqual([])
      const group = await readGroup(`kafka://${broker.address}/g.`, 'copies')
      expect(group?.members.flatMap(({ copies }) => copies).toSorted()).toEqual(
        TASKS.map(({ id }) => id),
      )
      const gone = [...a.tasks]
      const [held, others] = [[...b.copies], [...c.copies]]
      await a.leave()
      open.splice(open.indexOf(a), 1)
      await b.has(4)
      await c.has(4)
      // A share of four is as many as each has room for.
      const cold = gone.filter(
        (task) =>
          !(b.tasks.includes(task) && held.includes(task)) &&
          !(c.tasks.includes(task) && others.includes(task)),
      )
      expect(cold.length).toBeLessThan(gone.length)
    },
    MINUTES,
  )

  it(
    'share the tasks, and give one only what another has given back',
    async () => {
      const giving = Promise.withResolvers<void>()
      const a = await join('shares', 'a', { revoke: () => giving.promise })
      await a.has(8)
      const b = await join('shares', 'b')
      await a.until(() => a.heard.includes('revoke'))
      expect(b.tasks).toEqual([])
      giving.resolve()
      await b.has(4)
      expect([...a.tasks, ...b.tasks].toSorted()).toEqual(TASKS.map(({ id }) => id))
      await a.leave()
      await b.has(8)
    },
    MINUTES,
  )

  it(
    'come back under a name of their own to the tasks they had, and nobody else is asked anything',
    async () => {
      const a = await join('comes-back', 'a', { fixed: true })
      const b = await join('comes-back', 'b', { fixed: true })
      await Promise.all([a.has(4), b.has(4)])
      const [had, heard] = [a.tasks, b.heard.length]
      await a.leave(true)
      const again = await join('comes-back', 'a', { fixed: true })
      await again.has(4)
      expect(again.tasks).toEqual(had)
      expect(b.heard).toHaveLength(heard)
    },
    MINUTES,
  )

  it(
    'are out at once when one that joins says that they are gone, but for those who may come back',
    async () => {
      const gone = await join('gone', 'gone')
      await gone.has(8)
      const back = await join('gone', 'back', { fixed: true })
      await Promise.all([gone.has(4), back.has(4)])
      await join('gone', 'new', { isGone: () => true })
      await gone.until(() => gone.heard.includes('lost'))
      expect(back.heard).not.toContain('lost')
    },
    MINUTES,
  )

  it(
    'end where another takes their name, with an error that says so',
    async () => {
      const a = await join('one-name', 'a', { fixed: true })
      await a.has(8)
      const other = await join('one-name', 'a', { fixed: true })
      await a.until(() => a.failed !== undefined)
      expect(a.failed).toMatchObject({ code: 'ML_FENCED' })
      await other.has(8)
    },
    MINUTES,
  )

  it(
    'are given anew what they gave up',
    async () => {
      const a = await join('gives-up', 'a')
      await a.has(8)
      const heard = a.heard.length
      a.giveUp(['t/3'])
      await a.until(() => a.heard.length > heard)
      await a.has(8)
    },
    MINUTES,
  )

  it(
    'are seen by whoever asks',
    async () => {
      const a = await join('seen', 'a')
      await a.has(8)
      const group = await readGroup(`kafka://${broker.address}/g.`, 'seen')
      expect(group?.members).toEqual([
        {
          name: 'a',
          host: 'here',
          pid: 1,
          since: 0,
          workers: 1,
          plan: 'p',
          standbys: 0,
          tasks: [...a.tasks],
          copies: [],
        },
      ])
      expect(group?.rebalances).toBe(1)
    },
    MINUTES,
  )
})
