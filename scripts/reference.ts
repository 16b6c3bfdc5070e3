// `npm run reference`: writes docs/reference.md from the docstrings of what is exported, and the list of public names that a test holds.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatted } from './reference/formatted.ts'
import { listOfNames } from './reference/list-of-names.ts'
import { referencePage } from './reference/page.ts'
import { readPublicNames } from './reference/public-names.ts'
import { root } from './test/tools.ts'

const names = await formatted(await readPublicNames())
writeFileSync(join(root, 'docs/reference.md'), referencePage(names))
writeFileSync(join(root, 'test/package/public-names.txt'), listOfNames(names))
