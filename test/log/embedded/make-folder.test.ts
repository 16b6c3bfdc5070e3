import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { makeFolder } from '../../../src/log/embedded/make-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'millrace-make-folder-'))
afterAll(() => rmSync(root, { recursive: true }))

it('makes a folder with those above it, and leaves one that is there', () => {
  const folder = join(root, 'a/b/c')
  makeFolder(folder, 0o700)
  makeFolder(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it('leaves the rights of a folder to the umask where it is told none', () => {
  const folder = join(root, 'd/e')
  makeFolder(folder)
  for (const each of [folder, join(root, 'd')])
    expect(statSync(each).mode & 0o777).toBe(0o777 & ~process.umask())
})

it('says what is in the way', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file/x/y'))).toThrow(/ENOTDIR|ENOENT/)
})

it.runIf(process.platform === 'linux')(
  'ends where the file system makes no folders, and says that it does not',
  () => {
    expect(() => makeFolder('/proc/millrace/x')).toThrow('ENOENT')
  },
)
