import { describe, expect, it } from 'vitest'
import { originDifferences } from '../../src/runner/provenance/origin-differences.ts'

const WAS = {
  files: { 'a.ts': '1', 'b.ts': '2', 'c.ts': '3' },
  packages: { zod: '4.6.7', valibot: '1.5.0' },
  versions: { millrace: '0.1.0', node: '26.10.0' },
}

describe('what differs between two origins', () => {
  it('is nothing where all is the same', () => {
    expect(originDifferences(WAS, structuredClone(WAS))).toEqual([])
  })

  it('is named: files, packages and versions that are another, new or gone', () => {
    const is = {
      files: { 'a.ts': '1', 'b.ts': '9', 'd.ts': '4' },
      packages: { zod: '4.7.0', arktype: '2.2.9' },
      versions: { millrace: '0.1.0', node: '26.11.0' },
    }
    expect(originDifferences(WAS, is)).toEqual([
      'b.ts is another',
      'c.ts is gone',
      'd.ts is new',
      'arktype is new',
      'valibot is gone',
      'zod is another (4.6.7, now 4.7.0)',
      'node is another (26.10.0, now 26.11.0)',
    ])
  })

  it('are no names that every object has', () => {
    const empty = { files: {}, packages: {}, versions: {} }
    expect(originDifferences(empty, { ...empty, files: { constructor: '1' } })).toEqual([
      'constructor is new',
    ])
  })
})
