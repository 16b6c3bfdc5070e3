// Rows a second of each task, over the last few reports.
import type { StatusReport } from '../contracts/status.ts'
import type { RateOf } from './terminal/status-text.ts'

const OVER_MS = 5000

export class Rates {
  readonly #reports: StatusReport[] = []

  /** Takes the newest report. @returns undefined until there are two. */
  of(report: StatusReport): RateOf {
    this.#reports.push(report)
    while (this.#reports.length > 2 && this.#reports[0].at < report.at - OVER_MS)
      this.#reports.shift()
    const [first] = this.#reports
    const seconds = (report.at - first.at) / 1000
    return (stage, task) => {
      if (seconds === 0) return undefined
      const rows = (of: StatusReport): number =>
        of.tasks.find((each) => each.stage === stage && each.task === task)?.rows ?? 0
      return Math.max(0, (rows(report) - rows(first)) / seconds)
    }
  }
}
