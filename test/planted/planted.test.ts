import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Finder, PlantedBug } from './bug.ts'
import { bugs } from './bugs.ts'
import { planted } from './plant.ts'
import { survivors } from './survivors.ts'
import type { Survivor } from './survivors/survivor.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const BUG: PlantedBug = {
  name: 'one-too-many',
  does: 'Counts one too many.',
  file: 'src/base/hash53.ts',
  text: 'a + 1',
  becomes: 'a + 2',
  foundBy: [],
}

/** Whether the tests are there, and one of the name that is asked for. */
function isThere(finder: Finder): boolean {
  if ('seeds' in finder) return true
  const file = 'test' in finder ? finder.test : finder.kafka
  return existsSync(join(root, file)) && read(file).includes(finder.named ?? '')
}

function faultsOf({ name, does, file, foundBy }: PlantedBug): string[] {
  return [
    ...(/^[a-z0-9]+(-[a-z0-9]+)+$/.test(name) ? [] : [`${name}: is not in kebab-case`]),
    ...(/^[A-Z].+\.$/.test(does) ? [] : [`${name}: does not say in a sentence what it does`]),
    ...(file.startsWith('src/') ? [] : [`${name}: lies outside of src/`]),
    ...(foundBy.length > 0 ? [] : [`${name}: names no tests`]),
    ...foundBy
      .filter((each) => !isThere(each))
      .map((each) => `${name}: there is no ${JSON.stringify(each)}`),
  ]
}

function notPlanted(bug: PlantedBug): string[] {
  try {
    stripTypeScriptTypes(planted(bug, read(bug.file)))
    return []
  } catch (error) {
    return [String(error)]
  }
}

describe('planted bugs', () => {
  it('are at least forty, each of another name, with what it does and tests that must find it', () => {
    expect(bugs.length).toBeGreaterThanOrEqual(40)
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length)
    expect(bugs.flatMap(faultsOf)).toEqual([])
  })

  it('can be planted in the sources as they are now, and what they become is a program', () => {
    expect(bugs.flatMap(notPlanted)).toEqual([])
    expect(bugs.filter(({ text, becomes }) => text === becomes)).toEqual([])
  })

  it('are refused where their text is not there any more, or not only once', () => {
    expect(planted(BUG, 'let b = a + 1')).toBe('let b = a + 2')
    expect(() => planted(BUG, 'let b = a')).toThrow(/one-too-many.*found it 0 times/)
    expect(() => planted(BUG, 'a + 1; a + 1')).toThrow(/found it 2 times/)
  })
})

describe('mutants that survive', () => {
  it('are of lines that are there now, and have a reason', () => {
    const lines = (file: string): string[] => read(file).split('\n')
    const hasLine = ({ file, line }: Survivor): boolean =>
      lines(file).some((each) => each.trim() === line)
    expect(survivors.filter((each) => !hasLine(each))).toEqual([])
    expect(survivors.filter(({ because }) => because.length < 20)).toEqual([])
  })
})
