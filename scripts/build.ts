// `npm run build`: dist/ from src/, with declarations, as it is published. Also what `npm pack` needs first.
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, spawned, tool } from './test/tools.ts'

rmSync(join(root, 'dist'), { recursive: true, force: true })
const { code } = await spawned(tool('tsc'), ['-p', 'tsconfig.build.json'], 'inherit')
const command = join(root, 'dist/cli/main.js')
if (existsSync(command)) chmodSync(command, 0o755)
process.exitCode = code
