// `npm run format`, `lint`, `types`: one tool of the repository with its arguments.
import { spawned, tool } from './test/tools.ts'

const [name, ...args] = process.argv.slice(2)
const { code } = await spawned(tool(name), args, 'inherit')
process.exitCode = code
