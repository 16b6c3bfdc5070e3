// The types of the definition language, by the real compiler: what must compile does and cheaply, what must not does not,
// and says what a person needs to read.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const MISUSE = join(import.meta.dirname, 'misuse')
const MARK = '// @ts-expect-error '

interface Compiled {
  readonly ok: boolean
  readonly text: string
}

function tsc(...args: string[]): Compiled {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  try {
    return {
      ok: true,
      text: execFileSync(process.execPath, [compiler, ...args], { cwd: ROOT, encoding: 'utf8' }),
    }
  } catch (error) {
    if (error instanceof Error && 'stdout' in error)
      return { ok: false, text: String(error.stdout) }
    throw error
  }
}

const files = readdirSync(MISUSE).filter((name) => name.endsWith('.ts') && name !== 'parts.ts')

interface Misuse {
  readonly place: string
  readonly expected: string
}

function misuses(): readonly Misuse[] {
  return files.flatMap((file) =>
    readFileSync(join(MISUSE, file), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        line.trimStart().startsWith(MARK)
          ? [{ place: `${file}:${i + 2}`, expected: line.trimStart().slice(MARK.length) }]
          : [],
      ),
  )
}

/** Errors by file and line, each with all its lines, of the same files without their marks. */
function messages(): ReadonlyMap<string, string> {
  // Below node_modules, because no other tool reads there and packages are found from there.
  const copy = join(ROOT, 'node_modules/.cache/millrace-misuse')
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const file of [...files, 'parts.ts']) {
    const text = readFileSync(join(MISUSE, file), 'utf8')
    const source = JSON.stringify(join(ROOT, 'src/index.ts'))
    writeFileSync(
      join(copy, file),
      text.replaceAll(MARK, '// ').replaceAll("'../../../src/index.ts'", source),
    )
  }
  const config = {
    extends: join(MISUSE, 'tsconfig.json'),
    include: [join(copy, '*.ts')],
    exclude: [],
  }
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(config))
  const found = new Map<string, string>()
  for (const block of tsc('-p', copy, '--pretty', 'false').text.split(/\n(?! )/)) {
    const [, file, line] = /([\w-]+\.ts)\((\d+),\d+\): error/.exec(block) ?? []
    if (file === undefined) continue
    const place = `${file}:${line}`
    found.set(place, `${found.get(place) ?? ''}${block}\n`)
  }
  rmSync(copy, { recursive: true, force: true })
  return found
}

describe('the types of a definition', () => {
  it('are what a user reads in a hover, for every feature, model and step', () => {
    expect(tsc('-p', join(import.meta.dirname, 'good'), '--pretty', 'false')).toEqual({
      ok: true,
      text: '',
    })
  })

  it('stay cheap: at most 17,000 instantiations for pipelines with everything in them', () => {
    const instantiations = (project: string): number => {
      const { text } = tsc('-p', join(import.meta.dirname, project), '--extendedDiagnostics')
      return Number(/^Instantiations:\s+(\d+)/m.exec(text)?.[1])
    }
    // Beyond those that Millrace's own sources take: of them a user sees declarations.
    const own = instantiations('library')
    expect(own).toBeGreaterThan(0)
    expect(instantiations('good') - own).toBeGreaterThan(0)
    expect(instantiations('good') - own).toBeLessThan(17_000)
  })

  it('refuse every misuse, at its line', () => {
    expect(misuses().length).toBeGreaterThanOrEqual(17)
    expect(tsc('-p', MISUSE, '--pretty', 'false')).toEqual({ ok: true, text: '' })
  })

  describe('say what is wrong', () => {
    const said = messages()
    it.each(misuses())('$place: $expected', ({ place, expected }) => {
      expect(said.get(place)).toContain(expected)
    })
  })
})
