// Runs `npm ci` in a folder, quietly, and shows npm's own words only when it fails.
import { spawn } from 'node:child_process'
import { basename } from 'node:path'

/** Options that a user's own npm configuration must not change. */
const ARGUMENTS = [
  'ci',
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--engine-strict=false',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  '--loglevel=error',
]

/** @throws Error with what npm said and what to do. */
export async function install(folder, what) {
  const started = Date.now()
  const stop = showWaiting(`Installing ${what}`)
  const { code, output } = await npm(folder)
  stop()
  if (code !== 0) {
    throw new Error(
      `npm could not install ${what}. It said:\n\n${output.trim()}\n\n` +
        `Mend that (most often: no network, or no room on the disk), or run \`npm ci\` yourself in\n${folder}`,
    )
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  process.stderr.write(`Installed ${what} in ${seconds} s\n`)
}

function npm(folder) {
  const [command, first] = npmCommand()
  const child = spawn(command, first.concat(ARGUMENTS), {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: first.length === 0 && process.platform === 'win32',
  })
  let output = ''
  child.stdout.on('data', (bytes) => (output += bytes))
  child.stderr.on('data', (bytes) => (output += bytes))
  return new Promise((done) => {
    child.once('error', (error) =>
      done({ code: 1, output: `npm cannot be started: ${error.message}` }),
    )
    child.once('close', (code) => done({ code, output }))
  })
}

/** The npm that started this script, else the one of the path. */
function npmCommand() {
  const path = process.env.npm_execpath
  const isNpm = path !== undefined && basename(path).startsWith('npm')
  return isNpm ? [process.execPath, [path]] : ['npm', []]
}

/** Without what an outer npm says about its own folder and script. */
function environment() {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(package|lifecycle|command)|npm_config_(local_)?prefix$|init_cwd$)/i.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_ENV: 'development' }
}

/** A line that counts the seconds in a terminal, one plain line elsewhere. */
function showWaiting(text) {
  if (!process.stderr.isTTY) {
    process.stderr.write(`${text} ...\n`)
    return () => {}
  }
  const started = Date.now()
  const draw = () => {
    const seconds = Math.floor((Date.now() - started) / 1000)
    process.stderr.write(`\r\x1b[2K${text} ... ${seconds} s`)
  }
  draw()
  const timer = setInterval(draw, 1000)
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\x1b[2K')
  }
}
