// The table of learners in docs/learners.md: every learner has its line, and what the line says of export is so.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Learner } from '../../src/contracts/learner.ts'
import * as learning from '../../src/learning/index.ts'
import { exportOnnx } from '../../src/models/onnx/export-learner.ts'

const { balanced, calibrated, classWeights, factorizationMachine, logisticRegression, perKey } =
  learning
/** Those that need settings. */
const made: Readonly<Record<string, () => { make(size: Size): Learner }>> = {
  balanced: () => balanced(logisticRegression(), { by: 'over' }),
  calibrated: () => calibrated(logisticRegression()),
  classWeights: () => classWeights(logisticRegression(), { weights: [1, 2] }),
  factorizationMachine: () => factorizationMachine({ task: 'classes', ids: [0] }),
  perKey: () => perKey(logisticRegression(), { key: 0 }),
}

interface Size {
  readonly features: number
  readonly classes: number
}

interface Line {
  readonly factories: readonly string[]
  readonly cells: readonly string[]
}

function lines(): Line[] {
  const page = readFileSync(new URL('../../docs/learners.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## Learners'), page.indexOf('## Evaluating'))
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim())
      return {
        factories: [...cells[1].matchAll(/`(\w+)`/g)].map(([, name]) => name),
        cells: cells.slice(1, -1),
      }
    })
}

/** What makes a learner, by its public name; undefined for what makes something else. */
function factoryOf(name: string): { make(size: Size): Learner } | undefined {
  if (name in made) return made[name]()
  const call: unknown = Reflect.get(learning, name)
  if (typeof call !== 'function' || /^class\b/.test(String(call))) return undefined
  try {
    const given: unknown = Reflect.apply(call, undefined, [])
    return isFactory(given) ? given : undefined
  } catch {
    return undefined
  }
}

function isFactory(given: unknown): given is { make(size: Size): Learner } {
  return typeof given === 'object' && given !== null && 'task' in given && 'make' in given
}

const all = Object.keys(learning).filter((name) => factoryOf(name) !== undefined)

describe('the table of learners', () => {
  it('has each learner of millrace/learning once, with no cell left out', () => {
    const found = lines().flatMap(({ factories }) => factories)
    expect(all.length).toBeGreaterThan(40)
    expect(found.filter((name) => all.includes(name)).toSorted()).toEqual(all.toSorted())
    for (const { cells } of lines()) expect(cells).toHaveLength(7)
  })

  it.each(all)('says whether %s can be an ONNX file', (name) => {
    const line = lines().find(({ factories }) => factories.includes(name))
    if (line === undefined) throw new Error(`no line of ${name}`)
    // One answer for all of a line, or one each.
    const said = line.cells[5].split(', ')
    const own = said[Math.min(line.factories.indexOf(name), said.length - 1)]
    const learner = factoryOf(name)?.make({ features: 2, classes: 2 })
    if (learner === undefined) throw new Error(`no learner of ${name}`)
    const write = (): unknown => exportOnnx(learner, { features: ['a', 'b'] })
    if (own === 'yes') expect(write).not.toThrow()
    else {
      expect(own).toBe('no')
      expect(write).toThrow(expect.objectContaining({ code: 'ML_MODEL' }))
    }
  })
})
