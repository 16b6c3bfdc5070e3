// Typed arrays that grow.

/** The array, or a longer one that begins with it, so that growing one by one costs a constant each. */
export function grown<A extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  array: A,
  length: number,
): A {
  if (length <= array.length) return array
  const made = new (array.constructor as new (length: number) => A)(
    Math.max(length, Math.ceil(array.length * 1.5)),
  )
  made.set(array)
  return made
}
