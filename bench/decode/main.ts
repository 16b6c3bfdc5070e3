// node bench/decode/main.ts: what it costs to read events of several shapes. Figures are printed, never asserted.
import { compareDecoders } from './compare.ts'
import { ALL } from './events.ts'

for (const events of ALL) {
  const { bytes, mode, parse, validate, compiled } = await compareDecoders(events)
  console.log(
    `${events.name}, ${bytes.toFixed(0)} bytes an event; millions of events a second of CPU`,
  )
  for (const [what, cost] of [
    ['JSON.parse', parse],
    ['JSON.parse and validate', validate],
    [`the compiled decoder (${mode})`, compiled],
  ] as const)
    console.log(
      `  ${what.padEnd(34)} ${(1 / cost).toFixed(2)}  ${(parse / cost).toFixed(2)} of JSON.parse`,
    )
}
