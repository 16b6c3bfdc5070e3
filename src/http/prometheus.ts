// Figures as Prometheus reads them: its text format, version 0.0.4.
// https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
import type { Figure, Sample } from '../contracts/edge.ts'

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function prometheusText(figures: readonly Figure[]): string {
  return figures
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, kind, help, samples }) =>
      [
        `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${name} ${kind}`,
        ...samples.map(
          ({ suffix = '', ...sample }) =>
            `${name}${suffix}${labelsOf(sample)} ${numberText(sample.value)}`,
        ),
        '',
      ].join('\n'),
    )
    .join('')
}

function labelsOf({ labels }: Sample): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}
