// `npm run build`: dist/ from src/, with declarations, as it is published. Also what `npm pack` needs first.
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, writeParts } from './build/bundle.ts'
import { notices } from './build/notices.ts'
import { root, spawned, tool } from './test/tools.ts'

const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
const [{ code }, parts] = await Promise.all([
  spawned(tool('tsc'), ['-p', 'tsconfig.build.json'], 'inherit'),
  bundle(),
])
writeParts(parts, dist)
chmodSync(join(dist, 'cli/main.js'), 0o755)
const modules = parts.flatMap(({ moduleIds }) => moduleIds)
writeFileSync(join(dist, 'third-party-licences.txt'), notices(modules))
process.exitCode = code
