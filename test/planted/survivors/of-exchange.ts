// Mutants of the exchange between tasks that no test kills, and why none has to.
import type { Survivor } from './survivor.ts'

export const ofExchange: readonly Survivor[] = [
  {
    file: 'src/engine/exchange/text-tuple.ts',
    line: 'for (let at = start + 2; at < stop - 2; at++) {',
    was: '<',
    becomes: '<=',
    because: 'A separator needs three bytes before the last quote: at that place there is none.',
  },
  {
    file: 'src/engine/exchange/gather.ts',
    line: 'if (blocks.length === 1 && rows[count - 1] - rows[0] === count - 1) {',
    was: '1',
    becomes: '2',
    because:
      'A shorter way: rows of one block that follow each other are put together one by one, to the same column.',
  },
  {
    file: 'src/engine/exchange/router.ts',
    line: 'if (this.#rows.length === 0 || this.#rows[0].length < count) {',
    was: 'this.#rows.length === 0 || this.#rows[0].length < count',
    becomes: 'true',
    because: 'Lists are made anew in the place of used again: a matter of speed.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: 'const small = range < 0x8000_0000',
    was: '0x8000_0000',
    becomes: '2147483649',
    because:
      'One range more in the quick way: 2^31 becomes -2^31 there, which leaves the same remainders of nothing.',
  },
  {
    file: 'src/engine/exchange/text-dictionary.ts',
    line: '#from: Uint8Array = new Uint8Array(0)',
    was: '0',
    becomes: '1',
    because: 'A beginning that is set anew before anything reads it.',
  },
  {
    file: 'src/engine/exchange/gather.ts',
    line: "column.kind === 'number' ? column.values : new Float64Array(0),",
    was: "column.kind === 'number'",
    becomes: 'true',
    because:
      'Whoever asks for numbers asks of columns of numbers: the other branch is for the types.',
  },
  {
    file: 'src/engine/exchange/text-tuple.ts',
    line: 'if (bytes[stop - 2] !== QUOTE || bytes[stop - 1] !== CLOSE) return 0',
    was: '0',
    becomes: '1',
    because: 'Who splits wants at least two parts: one is none.',
  },
  {
    file: 'src/engine/exchange/read-numbers.ts',
    line: 'for (let i = 0; i < count; i++) into[i] = source[i]',
    was: '<',
    becomes: '<=',
    because: 'A store behind the end of a typed array, which does nothing.',
  },
  {
    file: 'src/engine/exchange/gather.ts',
    line: 'ends: column.ends.subarray(from, from + count + 1),',
    was: '1',
    becomes: '2',
    because: 'The view has one end more than rows, which nobody reads.',
  },
  {
    file: 'src/engine/exchange/text-dictionary.ts',
    line: 'let hash = 0x811c9dc5',
    was: '0x811c9dc5',
    becomes: '2166136262',
    because: 'Where a hash begins: it spreads texts over a table that is never written.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: '#parameter = 0',
    was: '0',
    becomes: '1',
    because: 'A beginning that is set anew before anything reads it.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: 'const narrower = step <= 1 ? undefined : widthFor(range / step)',
    was: '<=',
    becomes: '<',
    because: 'A step of 1 gives no narrower width than no step, and only narrower ones are taken.',
  },
  {
    file: 'src/engine/exchange/read-numbers.ts',
    line: 'if (form === STEP) for (let i = 0; i < count; i++) into[i] = base + into[i] * parameter',
    was: '<',
    becomes: '<=',
    because: 'A store behind the end of a typed array, which does nothing.',
  },
  {
    file: 'src/engine/exchange/block.ts',
    line: "if (column.kind !== 'number')",
    was: "column.kind !== 'number'",
    becomes: 'false',
    because: 'A guard for callers within the engine, which ask number columns alone.',
  },
  {
    file: 'src/engine/exchange/number-writer.ts',
    line: 'if (whole && (Math.trunc(value) !== value || (value === 0 && 1 / value < 0))) whole = false',
    was: '<',
    becomes: '<=',
    because: '1 through 0 or -0 is infinite: never 0, so that < and <= say the same.',
  },
]
