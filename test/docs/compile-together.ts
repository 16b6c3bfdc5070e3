// The TypeScript of many pages in one program: what they share, Millrace itself above all, is read and checked once.
import { join } from 'node:path'
import { Child } from './child.ts'
import { ROOT, type PageFolder } from './page-folder.ts'

/** @returns what the compiler says about each folder, strictly; empty when nothing. What is about none of them is said of each. */
export async function compileTogether(folders: readonly PageFolder[]): Promise<readonly string[]> {
  const [first] = folders
  if (first === undefined) return []
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    include: folders.map(({ path }) => join(path, '*.ts')),
    exclude: ['node_modules', 'examples'],
  }
  first.write('tsconfig.json', JSON.stringify(config))
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '-p', '.', '--pretty', 'false']
  const { code, text } = await new Child(first.path, process.execPath, args).ended
  const said = folders.map((): string[] => [])
  let about: readonly string[][] = said
  for (const line of text.split('\n')) {
    // What is indented goes on with the message before it.
    if (!/^\s/.test(line)) about = aboutOf(line, folders, said)
    for (const lines of about) lines.push(line)
  }
  return said.map((lines) => {
    const all = lines.join('\n').trim()
    return all === '' && code !== 0 && text.trim() === '' ? `the compiler ended with ${code}` : all
  })
}

/** Paths are said as seen from the first folder. */
function aboutOf(
  line: string,
  folders: readonly PageFolder[],
  said: readonly string[][],
): readonly string[][] {
  const file = /^(.*?)\(\d+,\d+\): /.exec(line)?.[1]
  if (file === undefined) return said
  const whole = join(folders[0].path, file)
  const own = folders.findIndex(({ path }) => whole.startsWith(`${path}/`))
  return own === -1 ? said : [said[own]]
}
