// A member of a group on Kafka: the classic protocol, cooperative (KIP-429): a member goes on with its tasks while others come and go,
// and a task changes hands only when its owner has given it back.
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectorError, FencedError } from '../../base/errors.ts'
import type { Membership, MembershipEvents, MembershipOptions } from '../../contracts/membership.ts'
import { assignTasks } from './assign-tasks.ts'
import {
  FENCED_INSTANCE,
  ILLEGAL_GENERATION,
  MEMBER_ID_REQUIRED,
  NONE,
  REBALANCE_IN_PROGRESS,
  UNKNOWN_MEMBER,
} from './codes.ts'
import { goneMembers, leaveForGone } from './gone-members.ts'
import type { GroupCoordinator } from './group-coordinator.ts'
import {
  heartbeat,
  joinGroup,
  leaveGroup,
  syncGroup,
  type GroupMember,
  type Joined,
} from './group-requests.ts'
import { decodeGiven, decodeMember, encodeGiven, encodeMember, type Given } from './group-words.ts'

/** How often a member is heard, and how late it hears that the others come or go. A request of a hundred bytes. */
const HEARTBEAT_MS = 500
/** How long a member may take to end the commits of tasks that go to others. */
const REBALANCE_MS = 60_000
/** How long no heartbeat may succeed before the run ends: as long as any other request is tried. */
const PATIENCE_MS = 30_000
const LEAVE_MS = 5_000

const OUT = [UNKNOWN_MEMBER, ILLEGAL_GENERATION]

export class KafkaGroupMember implements Membership {
  readonly #coordinator: GroupCoordinator
  readonly #options: MembershipOptions
  #events: MembershipEvents | undefined
  #member = ''
  #generation = -1
  readonly #owned = new Set<string>()
  /** When a request was sent that the coordinator took as a sign of life, by this process's own clock. */
  #heardAt = -Infinity
  /** Since when no heartbeat is answered. */
  #silentSince: number | undefined
  #gone: string[] = []
  #joining = false
  #left = false
  #again = Promise.withResolvers<void>()
  #pulse: NodeJS.Timeout | undefined
  #beating = false
  #running: Promise<void> = Promise.resolve()

  constructor(coordinator: GroupCoordinator, options: MembershipOptions) {
    this.#coordinator = coordinator
    this.#options = options
  }

  join(events: MembershipEvents): void {
    this.#events = events
    this.#running = this.#run(events).catch((error: unknown) => this.#fail(error))
  }

  held(): boolean {
    return performance.now() - this.#heardAt < this.#coordinator.sessionMs
  }

  giveUp(tasks: readonly string[]): void {
    for (const task of tasks) this.#owned.delete(task)
    this.#again.resolve()
  }

  async leave(back: boolean): Promise<void> {
    this.#left = true
    this.#again.resolve()
    clearInterval(this.#pulse)
    if (this.#member !== '' && !(back && this.#options.fixed)) await this.#sayLeave()
    await this.#coordinator.close()
    await this.#running
  }

  /** A coordinator that is not told finds out by the end of the session. */
  async #sayLeave(): Promise<void> {
    const over = new AbortController()
    const said = this.#coordinator.ask(leaveGroup(this.#self)).catch(() => undefined)
    const late = sleep(LEAVE_MS, undefined, { signal: over.signal }).catch(() => undefined)
    await Promise.race([said, late])
    over.abort()
  }

  get #self(): GroupMember {
    const { self, fixed } = this.#options
    return {
      group: this.#coordinator.group,
      member: this.#member,
      instance: fixed ? self.name : null,
    }
  }

  async #run(events: MembershipEvents): Promise<void> {
    const { isGone } = this.#options
    if (isGone !== undefined) this.#gone = await goneMembers(this.#coordinator, isGone)
    this.#pulse = setInterval(() => void this.#beat(events), HEARTBEAT_MS)
    let reason = 'started'
    while (!this.#left) {
      this.#again = Promise.withResolvers()
      const given = await this.#round(events, reason)
      if (given === undefined) continue
      const kept = new Set(given.tasks)
      const revoked = [...this.#owned].filter((task) => !kept.has(task))
      for (const task of kept) this.#owned.add(task)
      const { tasks, copies, members, generation: rebalances } = given
      events.assigned({ tasks, copies, group: { members, rebalances } })
      if (revoked.length > 0) {
        await events.revoke(revoked)
        for (const task of revoked) this.#owned.delete(task)
        reason = 'gave tasks back'
        continue
      }
      await this.#again.promise
      reason = 'the group changes'
    }
  }

  /** Asks for its tasks. @returns undefined where it must ask again. */
  async #round(events: MembershipEvents, reason: string): Promise<Given | undefined> {
    this.#joining = true
    try {
      const joined = await this.#join(reason)
      if (this.#left) return undefined
      if (joined.code === MEMBER_ID_REQUIRED) {
        this.#member = joined.member
        return undefined
      }
      if (joined.code === UNKNOWN_MEMBER) {
        this.#lose(events)
        return undefined
      }
      this.#checkName(joined.code)
      this.#member = joined.member
      this.#generation = joined.generation
      const answer = await this.#sync(joined)
      if (answer.code === REBALANCE_IN_PROGRESS) return undefined
      if (OUT.includes(answer.code)) {
        this.#lose(events)
        return undefined
      }
      this.#checkName(answer.code)
      return decodeGiven(answer.assignment)
    } finally {
      this.#joining = false
    }
  }

  async #join(reason: string): Promise<Joined> {
    if (this.#self.instance !== null || this.#member !== '') this.#leaveForGone()
    const joined = await this.#coordinator.persist(
      'join the group of a pipeline',
      () =>
        joinGroup(this.#self, {
          metadata: this.#told(),
          sessionMs: this.#coordinator.sessionMs,
          rebalanceMs: REBALANCE_MS,
          reason,
        }),
      {
        code: ({ code }) => (this.#left ? NONE : code),
        known: [MEMBER_ID_REQUIRED, UNKNOWN_MEMBER, FENCED_INSTANCE],
        operation: 'Read',
      },
    )
    this.#heardAt = performance.now()
    return joined
  }

  /** A coordinator that is not told finds out by the end of their sessions. */
  #leaveForGone(): void {
    const gone = this.#gone.splice(0)
    if (gone.length > 0)
      leaveForGone(this.#coordinator, gone, () => this.#self).catch(() => undefined)
  }

  #told(): Buffer {
    const { self, copies } = this.#options
    return encodeMember({ ...self, tasks: [...this.#owned], copies: copies() })
  }

  async #sync(joined: Joined): Promise<{ readonly code: number; readonly assignment: Buffer }> {
    const leads = joined.leader === joined.member && !joined.skip
    const assignments = leads ? this.#giveOut(joined) : []
    return this.#coordinator.persist(
      'take its tasks from the group of a pipeline',
      () => syncGroup(this.#self, joined.generation, assignments),
      {
        code: ({ code }) => (this.#left ? NONE : code),
        known: [REBALANCE_IN_PROGRESS, FENCED_INSTANCE, ...OUT],
        operation: 'Read',
      },
    )
  }

  #giveOut({ members, generation }: Joined): [string, Buffer][] {
    const told = members.map(({ member, metadata }) => {
      const { workers, tasks, copies, standbys } = decodeMember(metadata)
      return { id: member, workers, owned: tasks, copies, standbys }
    })
    const standbys = Math.max(0, ...told.map((each) => each.standbys))
    const given = assignTasks(this.#options.tasks, told, standbys)
    return [...given].map(([id, own]) => [
      id,
      encodeGiven({ ...own, generation, members: members.length }),
    ])
  }

  async #beat(events: MembershipEvents): Promise<void> {
    if (this.#joining || this.#beating || this.#generation < 0 || this.#left) return
    this.#beating = true
    const sent = performance.now()
    const generation = this.#generation
    try {
      const code = await this.#coordinator.ask(heartbeat(this.#self, generation))
      this.#silentSince = undefined
      // What is said of a generation that is over says nothing.
      if (this.#left || generation !== this.#generation) return
      if (code === NONE || code === REBALANCE_IN_PROGRESS) this.#heardAt = sent
      if (code === REBALANCE_IN_PROGRESS) this.#again.resolve()
      else if (OUT.includes(code)) this.#lose(events)
      else if (code === FENCED_INSTANCE) this.#checkName(code)
      else if (code !== NONE) this.#coordinator.forget()
    } catch (error) {
      this.#silentSince ??= sent
      if (error instanceof FencedError) this.#fail(error)
      else if (performance.now() - this.#silentSince > PATIENCE_MS) this.#fail(unheard())
    } finally {
      this.#beating = false
    }
  }

  /** The coordinator does not know it any more: others have its tasks, and it begins anew. */
  #lose(events: MembershipEvents): void {
    this.#member = ''
    this.#generation = -1
    this.#heardAt = -Infinity
    this.#owned.clear()
    events.lost()
    this.#again.resolve()
  }

  #checkName(code: number): void {
    if (code !== FENCED_INSTANCE) return
    throw new FencedError(
      `a member must be the only one of its name; found that another one began with --member ${this.#options.self.name}; give each a name of its own`,
    )
  }

  #fail(error: unknown): void {
    clearInterval(this.#pulse)
    if (this.#left) return
    this.#left = true
    this.#again.resolve()
    this.#events?.failed(error instanceof Error ? error : new Error(String(error)))
  }
}

function unheard(): ConnectorError {
  return new ConnectorError(
    'ML_CONNECTION',
    `the brokers must hear of a member again and again; found none that answered for ${PATIENCE_MS / 1000} s; look after the cluster, and start the run again`,
    { retryable: true },
  )
}
