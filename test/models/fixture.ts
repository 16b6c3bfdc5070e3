// The ONNX files of fixtures/, and loading them.
import { readFileSync } from 'node:fs'
import type { FeatureInfo, LoadedModel, RuntimeSpec } from '../../src/contracts/runtime.ts'
import { onnxRuntime } from '../../src/models/onnx/onnx-runtime.ts'

export function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`fixtures/${name}.onnx`, import.meta.url))
}

export function onnxSpec(options: Readonly<Record<string, unknown>> = {}): RuntimeSpec {
  return { kind: 'onnx', path: 'model.onnx', options }
}

/** `amount count:string` and the like; number where no kind is said. */
export function featuresOf(text: string): FeatureInfo[] {
  return text.split(' ').map((part) => {
    const [name, kind = 'number'] = part.split(':')
    return { name, kind: kind as FeatureInfo['kind'] }
  })
}

export function loadFixture(
  name: string,
  features: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<LoadedModel> {
  return onnxRuntime().load(fixture(name), featuresOf(features), onnxSpec(options))
}
