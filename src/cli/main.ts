#!/usr/bin/env node
// The entry point of the command `millrace`. What it needs comes behind the check of Node, which an older one would not get to, and
// behind the cache of compiled code, which has no part of what was loaded before.
import { keepCompiledCode } from './compile-cache.ts'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `millrace needs Node 22.22 or newer; found ${process.version} at ${process.execPath}: install a newer one from https://nodejs.org, and run this again`,
  )
  process.exit(1)
}

// What it makes (logs, reports, training sets, backups) holds values of events: it is this user's until that one says otherwise.
process.umask(0o077)

keepCompiledCode(process.env)
await import('./terminal-command.ts')
