// The table of figures in docs/http.md: it names those of `/metrics` and no others, by the rules of Prometheus for names.
// Source of the rules: https://prometheus.io/docs/practices/naming/.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ownFigures } from '../../src/http/tell.ts'
import { figuresOf } from '../../src/runner/edge/figures.ts'

const NOTHING = { tasks: [], processes: [], copies: [], restoring: [], quarantined: [] }
const RUN = { ...NOTHING, restarts: 0, group: undefined }
const LOG = { lags: [], openTransactions: undefined, now: 0 }
const figures = [...figuresOf(RUN, LOG), ...ownFigures(new Map(), { bytes: 0 })]

const page = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8')
const table = page.slice(page.indexOf('## GET /metrics'), page.indexOf('## Limits'))

describe('the figures of /metrics', () => {
  it('stand in the table of docs/http.md, and nothing else does', () => {
    const named = table
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...line.split('|')[1].matchAll(/`(\w+)`/g)].map(([, name]) => name))
    expect(named.toSorted()).toEqual(figures.map(({ name }) => name).toSorted())
  })

  it.each(figures)('$name is named as Prometheus wants it', ({ name, kind, help }) => {
    expect(name).toMatch(/^millrace(_[a-z]+)+$/)
    expect(name.endsWith('_total')).toBe(kind === 'counter')
    // Base units alone, behind all else.
    expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|hours|kb|mb|percent)(_|$)/)
    expect(name).not.toMatch(/_(seconds|bytes)_(?!total$)/)
    expect(help).toMatch(/^[A-Z].*\.$/)
  })
})
