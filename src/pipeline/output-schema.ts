// The schema of what a model gives, as both runtimes need it.
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { found, refuse, type Part } from './check.ts'

/** Checks that the fallback is what the output's schema allows. */
export function checkFallback(of: Part, schema: StandardSchemaV1, fallback: unknown): void {
  if (fallback === undefined) return
  const result = schema['~standard'].validate(fallback)
  if (result instanceof Promise) {
    // Its rejection would end the process; the definition is refused already.
    result.catch(() => undefined)
    refuse(
      of,
      'the schema of the output must validate at once; found one that gives a promise; remove what is async in it',
    )
  }
  if (result.issues === undefined) return
  const [issue] = result.issues
  const path = issue?.path
    ?.map((each) => String(typeof each === 'object' ? each.key : each))
    .join('.')
  const where = path === undefined || path === '' ? found(fallback) : `another value at ${path}`
  refuse(
    of,
    `fallback must be what the output's schema allows; found ${where} (${issue?.message}); correct it or leave it out`,
  )
}
