// node bench/trees/main.ts: the tree kernel against ONNX Runtime on several ensembles, row by row and in batches.
import { compareOne, compareTrees } from './compare.ts'
import { ensembles } from './ensembles.ts'

for (const { name, bytes } of ensembles()) {
  const one = await compareOne(bytes)
  console.log(
    `${name}\n one row: ONNX Runtime ${one.runtime.toFixed(1)} us to the answer, kernel ${one.kernel.toFixed(1)} (${one.kernelBetween.toFixed(1)} in turn with it); ${(one.runtime / one.kernel).toFixed(1)} times`,
  )
  for (const rows of [16, 64, 256, 1024]) {
    const { kernel, runtime } = await compareTrees(bytes, rows)
    console.log(
      `${String(rows).padStart(7)} rows: ONNX Runtime ${runtime.toFixed(2)} us a row, kernel ${kernel.toFixed(2)}; ${(runtime / kernel).toFixed(1)} times`,
    )
  }
}
