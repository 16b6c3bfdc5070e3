import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')

it('ONNX Runtime is told to tell nobody what it is used for, and keeps nothing in the home of its user', () => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-home-'))
  try {
    const script = `
      const { loadOrt } = await import(${JSON.stringify(join(ROOT, 'src/models/onnx/ort.ts'))})
      const { InferenceSession } = await loadOrt()
      const { inputNames } = await InferenceSession.create(${JSON.stringify(join(ROOT, 'examples/flights/late.onnx'))})
      console.log(inputNames.join())`
    // Without the variables by which it would know a machine that only tests.
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { HOME: home, TMPDIR: home },
    })
    expect(said.trim()).toBe('features')
    expect(readdirSync(home)).toEqual([])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
