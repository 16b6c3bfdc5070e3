// The membership of a log that one supervisor has for itself: all tasks are its own, at once.
import type { Membership, MembershipEvents, MembershipOptions } from '../contracts/membership.ts'

export class SoleMember implements Membership {
  readonly #tasks: readonly string[]
  #events: MembershipEvents | undefined

  constructor({ tasks }: MembershipOptions) {
    this.#tasks = tasks.map(({ id }) => id)
  }

  join(events: MembershipEvents): void {
    this.#events = events
    this.#assign()
  }

  held(): boolean {
    return true
  }

  giveUp(): void {
    // Nobody else gives tasks out: they are its own again.
    this.#assign()
  }

  leave(): Promise<void> {
    return Promise.resolve()
  }

  #assign(): void {
    this.#events?.assigned({ tasks: this.#tasks, copies: [], group: undefined })
  }
}
