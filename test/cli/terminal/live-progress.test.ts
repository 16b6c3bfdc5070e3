import { expect, it } from 'vitest'
import { loadRunner } from '../../../src/cli/load-runner.ts'
import { BYTES_TEXTS, SHARE_TEXTS } from '../../../src/cli/terminal/bytes-text.ts'
import { withProgress } from '../../../src/cli/terminal/live-progress.ts'
import { style, widthOf } from '../../../src/cli/terminal/style.ts'
import type { Surroundings } from '../../../src/cli/surroundings.ts'

/** A terminal, or a file, at a time that the test says. */
function around(isTTY: boolean, now: () => number): { said: () => string; of: Surroundings } {
  let said = ''
  const write = (text: string): unknown => (said += text)
  const of = {
    out: { write },
    err: { write, isTTY, columns: 60 },
    input: (async function* () {})(),
    env: {},
    signal: new AbortController().signal,
    monotonic: now,
    load: loadRunner,
  }
  return { said: () => said, of }
}

it('a bar has its share and what is done, and fits the window', () => {
  const plain = style(false, 60)
  const [half] = SHARE_TEXTS.lines({ doing: 'sorting events', share: 0.5 }, plain)
  expect(half).toMatch(/^ {2}█+▌?·+ {2}sorting events +50\.0 %$/)
  const [full, rest] = ['█', '·'].map((cell) => half.split(cell).length)
  expect(Math.abs(full - rest)).toBeLessThanOrEqual(1)
  expect(widthOf(half)).toBeLessThanOrEqual(60)
  const [line] = BYTES_TEXTS.lines({ doing: 'copying', bytes: 1e6, total: 4e6 }, style(false, 30))
  expect(widthOf(line)).toBeLessThanOrEqual(30)
  expect(BYTES_TEXTS.line({ doing: 'copying', bytes: 1e6, total: 4e6 })).toContain('25.0 %')
})

it('what is over soon shows nothing; a file gets a line when it takes long, a terminal a bar that goes again', async () => {
  for (const isTTY of [true, false]) {
    let now = 0
    const { said, of } = around(isTTY, () => now)
    const at = [0, 200, 5_000, 11_000]
    const shown = await withProgress(of, SHARE_TEXTS, async ({ onProgress }) =>
      at.map((time) => {
        now = time
        onProgress({ doing: 'sorting events', share: time / 20_000 })
        return said().includes('sorting events')
      }),
    )
    expect(shown).toEqual(isTTY ? [false, false, true, true] : [false, false, false, true])
    expect(said().endsWith('[J\u001b[?25h')).toBe(isTTY)
  }
})
