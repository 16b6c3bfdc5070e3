// A feature, and what it is taken of, in words.
import { durationText } from '../base/duration.ts'
import type { FeaturePlan } from './plan.ts'
import type { WindowFeature } from './state-size.ts'

/** A feature in words. */
export function featureText(feature: FeaturePlan): string {
  if (feature.kind === 'since') return 'since'
  const of = feature.of === undefined ? '' : pathOr(feature.of.path, feature.of.text)
  if (feature.kind === 'value' && feature.encoding !== undefined)
    return 'oneHot' in feature.encoding
      ? `oneHot ${of}, ${feature.encoding.oneHot.length} categories and others`
      : `hashed ${of}, ${feature.encoding.buckets} buckets`
  if (feature.kind !== 'window') return `${feature.kind} ${of}`
  const { overMs, delayMs, hopMs } = feature.window
  const delayed = delayMs === 0 ? '' : `, ending ${durationText(delayMs)} ago`
  const hops = hopMs === undefined ? '' : `, in hops of ${durationText(hopMs)}`
  const places = feature.length === undefined ? '' : ` in ${feature.length} places`
  const words = [aggregateText(feature), of, `over ${durationText(overMs)}`]
  return `${words.filter((word) => word !== '').join(' ')}${places}${delayed}${hops}`
}

const IN_TIME: ReadonlySet<string> = new Set(['rate', 'ewma', 'slope'])

function aggregateText({ aggregate: { name, variant } }: WindowFeature): string {
  if (variant === undefined || name === 'distinct') return name
  return `${name} ${IN_TIME.has(name) ? durationText(Number(variant)) : variant}`
}

export function pathOr(path: readonly string[] | undefined, text: string): string {
  return path === undefined ? shortened(text) : path.join('.')
}

/** A function's text on one line, without its parameter where the body says enough. Stripped types leave blanks behind. */
export function shortened(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/ ([,)])/g, '$1')
    .replace(/^\(?[\w$]+\)? => (?!\{)/, '')
  return line.length <= 60 ? line : `${line.slice(0, 57)}...`
}
