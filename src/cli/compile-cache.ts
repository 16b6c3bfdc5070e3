// Code that V8 has compiled is kept from one run to the next: a fifth of the CPU that a run takes until its first event is compiling.
import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/**
 * Keeps it in the user's own folder for caches, where nobody else can put code: `$XDG_CACHE_HOME/millrace`, else `~/.cache/millrace`. Node's
 * own settings come first: `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE=1` keeps nothing. Where the folder
 * cannot be written, nothing is kept either, and nothing else changes.
 * @param env of this process: gets the folder's name, so that worker processes use it, too.
 */
export function keepCompiledCode(env: NodeJS.ProcessEnv): void {
  const { XDG_CACHE_HOME: given = '', NODE_COMPILE_CACHE: other = '' } = env
  if (other !== '') return
  // A relative path there is to be ignored (XDG Base Directory Specification 0.8).
  const caches = isAbsolute(given) ? given : join(homedir(), '.cache')
  enableCompileCache(join(caches, 'millrace'))
  const folder = getCompileCacheDir()
  if (folder !== undefined) env['NODE_COMPILE_CACHE'] = join(caches, 'millrace')
}
