// Values of JSON as text, from which JSON.parse gives them back.

/** Like JSON.stringify, but exact: it keeps -0, and numbers beyond a double as JSON.parse reads them. */
export function jsonText(value: unknown): string {
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return '-0'
    if (value === Infinity || value === -Infinity) return value > 0 ? '1e999' : '-1e999'
    return String(value)
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`).join(',')}}`
}
