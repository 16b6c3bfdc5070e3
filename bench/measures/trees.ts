// The tree kernel against ONNX Runtime.
import { compareOne, compareTrees } from '../trees/compare.ts'
import { ensembles } from '../trees/ensembles.ts'
import { atLeast, type Figure, type Measure } from '../run/measure.ts'

const BATCH = 1024

export const trees: Measure = {
  about: 'the tree kernel against ONNX Runtime',
  method:
    'the model alone, rows in memory: batches by CPU, the two in turn, the median of 5 rounds; one row by the time from the call to its answer, the median of 2,000 in turns of 200, each with another row',
  take: async () => {
    const figures: Figure[] = []
    for (const { name, bytes } of ensembles()) {
      const { kernel, runtime } = await compareTrees(bytes, BATCH)
      figures.push({
        what: `${name}, batch 1,024, times ONNX Runtime`,
        measured: runtime / kernel,
        unit: 'times',
        aim: atLeast(3),
        bound: `loads of nodes from the caches; ${kernel.toFixed(2)} us a row`,
      })
      const one = await compareOne(bytes)
      figures.push({
        what: `${name}, one row, times ONNX Runtime`,
        measured: one.runtime / one.kernel,
        unit: 'times',
        aim: atLeast(10),
        bound: `eight instructions a step, and lines of nodes from beyond the first cache; ${one.kernel.toFixed(1)} us, ${one.kernelBetween.toFixed(1)} where ONNX Runtime takes its turn after every call and leaves its own trees in the caches`,
      })
    }
    return figures
  },
}
