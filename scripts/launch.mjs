// Behind `npm start` and `npm test`: installs what is missing, then runs a script of the repository on a Node
// that can. Plain JavaScript, because it must run on any Node from 20 on, before anything is installed.
// It must never touch the network when everything is there, and never run a package's install script.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedPackages, pinnedNode, pinnedVersion } from './launch/installed.mjs'
import { install } from './launch/install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [target, ...rest] = process.argv.slice(2)

if (target === undefined) {
  console.error('usage: node scripts/launch.mjs SCRIPT [ARGUMENTS]')
  process.exit(2)
}

try {
  if (!installedPackages(root)) await install(root, 'the packages of this repository')
  process.exitCode = await run(await suitableNode(), [resolve(root, target), ...rest])
} catch (error) {
  console.error(`\n${error.message}`)
  process.exitCode = 1
}

/** The machine's own Node where it can run TypeScript and is new enough, else the pinned one. */
async function suitableNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const newEnough = major > 22 || (major === 22 && minor >= 22)
  if (newEnough && process.features.typescript) return process.execPath
  const here = resolve(root, 'scripts/node')
  if (pinnedNode(here) === undefined) {
    const what = `Node ${pinnedVersion(here)} (this machine has ${process.version}, Millrace needs 22.22 or newer)`
    await install(here, what)
  }
  const node = pinnedNode(here)
  if (node === undefined) {
    throw new Error(
      `Millrace needs Node 22.22 or newer; found ${process.version}, and no pinned Node for ` +
        `${process.platform}-${process.arch}. Install a newer Node from https://nodejs.org and run this again.`,
    )
  }
  return node
}

/** Runs the script as if it had been started itself: its terminal, its signals, its exit code. */
function run(node, args) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    // The channel tells the child when this process is gone, also when it was killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // Ctrl-C reaches the whole foreground group: passing it on would make it two.
      const fromTerminal = signal === 'SIGINT' || signal === 'SIGQUIT'
      if (!(fromTerminal && process.stdin.isTTY)) child.kill(signal)
    })
  }
  return new Promise((done, failed) => {
    child.once('error', (error) => {
      failed(
        new Error(
          `${node} must start; found ${error.message}. On a system with musl instead of glibc, ` +
            'install Node 22.22 or newer with its own package manager.',
        ),
      )
    })
    child.once('exit', (code, signal) => {
      // Killed while it drew, it left the cursor hidden.
      if (signal !== null && process.stderr.isTTY) process.stderr.write('\u001b[?25h')
      done(signal === null ? code : 128 + (constants.signals[signal] ?? 0))
    })
  })
}
