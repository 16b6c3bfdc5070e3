// What is installed, found from files alone: asking npm would take a second and perhaps the network.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether node_modules holds what package-lock.json says, as npm itself noted when it finished. */
export function installedPackages(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages ?? {}
  const found = readJson(join(folder, 'node_modules/.package-lock.json'))?.packages
  if (found === undefined) return false
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const there = found[path]
    if (path === '') return true
    // Optional ones are for other platforms, or npm could not install them and went on.
    if (there === undefined) return optional === true || devOptional === true
    return there.version === version && there.integrity === integrity
  })
}

/** The binary of the pinned Node for this machine; undefined where it is missing or of another version. */
export function pinnedNode(folder) {
  const name = packageName()
  const path = join(folder, 'node_modules', name)
  const found = readJson(join(path, 'package.json'))?.version
  if (found === undefined || found !== pinnedVersion(folder)) return undefined
  const binary = join(path, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(binary) ? binary : undefined
}

export function pinnedVersion(folder) {
  const { optionalDependencies } = readJson(join(folder, 'package.json'))
  return optionalDependencies[packageName()] ?? Object.values(optionalDependencies)[0]
}

function packageName() {
  const name = `${process.platform}-${process.arch}`
  return name === 'darwin-arm64' ? `node-bin-${name}` : `node-${name}`
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    // A file that is missing or was cut off in the middle of an install: install again.
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}
