// A figure of `/metrics` and its samples.
import type { Figure, Sample } from '../../contracts/edge.ts'

export function counter(name: string, help: string, samples: readonly Sample[]): Figure {
  return { name, kind: 'counter', help, samples }
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Figure {
  return { name, kind: 'gauge', help, samples }
}
