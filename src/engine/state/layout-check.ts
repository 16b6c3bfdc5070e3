// The layout that a set's bytes have: noted with them, and checked whenever they are read.
import { createHash } from 'node:crypto'
import { StateError } from '../../base/errors.ts'
import type { Region } from './region.ts'
import type { SetLayout } from './set-shape.ts'

/** Words of a layout's digest, with which the region begins that says what a set is. */
export const DIGEST_WORDS = 4

/** Notes the layout of a new set. @throws StateError ML_STATE when the memory holds another one. */
export function checkLayout(
  about: Region,
  { signature }: SetLayout,
  { set, isNew }: { readonly set: string; readonly isNew: boolean },
): void {
  const digest = createHash('sha256').update(signature).digest()
  if (isNew) {
    about.u8.set(digest)
    about.touch(0, digest.length)
  } else if (digest.compare(about.u8, 0, digest.length) !== 0) {
    throw new StateError(
      'ML_STATE',
      `set ${set} expects state of its own features, windows and lateness; found state of others. Rebuild it from the input, or run the definition that wrote it`,
      { details: { set } },
    )
  }
}
