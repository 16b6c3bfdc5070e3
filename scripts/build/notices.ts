// What the package holds of others: their names, versions and licences, as those ask for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @param modules absolute paths of all modules that were bundled. @returns the text of a file; empty where all of them are our own. */
export function notices(modules: readonly string[]): string {
  const folders = new Set(modules.filter((path) => path.includes('/node_modules/')).map(packageOf))
  const parts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    const file = readdirSync(folder).find((each) => /^licen[cs]e(?:\.|$)/i.test(each))
    if (file === undefined)
      throw new Error(`a bundled package must have a licence; found none in ${folder}`)
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  })
  return parts.sort().join(`\n${'-'.repeat(80)}\n\n`)
}

/** The folder of the package a module is of: the nearest whose description has a version. */
function packageOf(module: string): string {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version !== undefined)
      return folder
  }
  throw new Error(`a bundled module must be of a package; found none around ${module}`)
}
