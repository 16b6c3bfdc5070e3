// Network namespaces of Linux: machines of their own as far as the network goes, each with a link to this one that can be taken down.
import { spawnSync } from 'node:child_process'

export interface OtherMachine {
  /** A command there: in front of a program and its arguments. */
  readonly command: readonly string[]
  /** Takes its link down, or up again. */
  link(state: 'down' | 'up'): void
}

/** Names and addresses are those of this process; addresses of the range for tests of networks (RFC 2544). */
export class Networks {
  readonly #net = `198.18.${process.pid % 250}`
  readonly #machines: string[] = []

  /** Where this machine can be reached from all of them. */
  get address(): string {
    return `${this.#net}.1`
  }

  /** Whether this machine lets namespaces be made. */
  static get allowed(): boolean {
    const name = `millrace-try-${process.pid}`
    return process.platform === 'linux' && ip('netns', 'add', name) && ip('netns', 'delete', name)
  }

  open(): void {
    must('address', 'add', `${this.address}/32`, 'dev', 'lo')
  }

  add(): OtherMachine {
    const index = this.#machines.length
    const name = `millrace-${process.pid}-${index}`
    const [here, there] = [`mr${process.pid}h${index}`, `mr${process.pid}t${index}`]
    const of = `${this.#net}.${4 * (index + 1)}`.split('.').map(Number)
    const at = (host: number): string => [...of.slice(0, 3), of[3] + host].join('.')
    must('netns', 'add', name)
    this.#machines.push(name)
    must('link', 'add', here, 'type', 'veth', 'peer', 'name', there)
    must('link', 'set', there, 'netns', name)
    must('address', 'add', `${at(1)}/30`, 'dev', here)
    must('link', 'set', here, 'up')
    must('-n', name, 'address', 'add', `${at(2)}/30`, 'dev', there)
    must('-n', name, 'link', 'set', there, 'up')
    must('-n', name, 'link', 'set', 'lo', 'up')
    must('-n', name, 'route', 'add', 'default', 'via', at(1))
    return {
      command: ['ip', 'netns', 'exec', name],
      link: (state) => must('link', 'set', here, state),
    }
  }

  /** Links go with the namespace that has one of their ends. */
  close(): void {
    for (const name of this.#machines) ip('netns', 'delete', name)
    ip('address', 'delete', `${this.address}/32`, 'dev', 'lo')
  }
}

function ip(...args: readonly string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0
}

function must(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}
