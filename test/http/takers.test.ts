import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openFolder } from '../../src/log/embedded/open-folder.ts'
import { newFolder } from './run-child.ts'
import { expectOnceFromMany } from './takers.ts'

it('requests that are sent to several takers at once are each there once, with the same answer from all', async () => {
  const { path } = newFolder()
  const log = await openFolder(path)
  await expectOnceFromMany([log, log, log])
  await log.close()
  rmSync(path, { recursive: true })
  expect.hasAssertions()
})
