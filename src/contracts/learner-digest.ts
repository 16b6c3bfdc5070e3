// What a learner is known by: its snapshots are for those alone that are the same learner over the same features.
import { createHash } from 'node:crypto'
import type { Learner } from './learner.ts'

/**
 * SHA-256, hex, of a learner as it begins, which stands for its kind, settings and size, and of the names of its features.
 * @param actions what a bandit chooses from: its arms are known by them.
 */
export function learnerDigest(
  fresh: Learner,
  features: readonly string[],
  actions?: readonly string[],
): string {
  const hash = createHash('sha256').update(fresh.encode()).update(JSON.stringify(features))
  if (actions !== undefined) hash.update(JSON.stringify(actions))
  return hash.digest('hex')
}
