import type { PlantedBug } from './bug.ts'

/** The source with the bug in it. @throws RangeError where its text is not there, or not only once. */
export function planted({ name, file, text, becomes }: PlantedBug, source: string): string {
  const parts = source.split(text)
  if (parts.length !== 2)
    throw new RangeError(
      `the text of the planted bug '${name}' must occur once in ${file}; found it ${parts.length - 1} times: plant the same mistake in what stands there now`,
    )
  return parts.join(becomes)
}
