// What a user can import: listed one by one, told in docstrings, and shown in docs/reference.md.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { formatted } from '../../scripts/reference/formatted.ts'
import { listOfNames } from '../../scripts/reference/list-of-names.ts'
import { referencePage } from '../../scripts/reference/page.ts'
import { readPublicNames, type PublicName } from '../../scripts/reference/public-names.ts'

const ROOT = join(import.meta.dirname, '../..')

describe('the public names', () => {
  let names: readonly PublicName[]
  beforeAll(async () => {
    names = await formatted(await readPublicNames())
  })

  it('are those of test/package/public-names.txt: `npm run reference` writes it', () => {
    const listed = readFileSync(join(import.meta.dirname, 'public-names.txt'), 'utf8')
    expect(listOfNames(names)).toBe(listed)
  })

  it('are shown by docs/reference.md as they are now: `npm run reference` writes it', () => {
    const page = readFileSync(join(ROOT, 'docs/reference.md'), 'utf8')
    expect(referencePage(names)).toBe(page)
  })

  it('have a docstring each, and so has every member', () => {
    expect(names.filter(({ text }) => text === '').map(({ name }) => name)).toEqual([])
    const silent = names.flatMap((of) => of.silent.map((member) => `${of.name}.${member}`))
    expect(silent).toEqual([])
  })

  it('have an example each, where they are functions', () => {
    const functions = names.filter(({ kind }) => kind === 'function')
    expect(functions.length).toBeGreaterThan(0)
    const without = functions.filter(({ tags }) => tags.every((tag) => tag.name !== 'example'))
    expect(without.map(({ name }) => name)).toEqual([])
  })
})
