// Declarations as the repository formats code, so that a page shows no line that runs out of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PublicName } from './public-names.ts'
import { root, spawned, tool } from '../test/tools.ts'

const BETWEEN = '// ----'

/** The same names, with their declarations formatted. */
export async function formatted(names: readonly PublicName[]): Promise<readonly PublicName[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-format-'))
  try {
    const file = join(folder, 'declarations.ts')
    // What has no body is a declaration to the formatter only behind `declare`.
    const declared = names.map(({ declaration }) =>
      declaration.replaceAll(/^(?=function|class)/gm, 'declare '),
    )
    writeFileSync(file, declared.join(`\n${BETWEEN}\n`))
    const { code, output } = await spawned(tool('oxfmt'), ['-c', join(root, '.oxfmtrc.json'), file])
    if (code !== 0) throw new Error(`declarations must be TypeScript; oxfmt says:\n${output}`)
    const texts = readFileSync(file, 'utf8').split(BETWEEN)
    return names.map((name, i) => ({
      ...name,
      declaration: texts[i].trim().replaceAll(/^declare /gm, ''),
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
