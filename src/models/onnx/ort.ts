// The only door to onnxruntime-node: an optional package, loaded when the first ONNX model is.
import { ConnectorError } from '../../base/errors.ts'

/** The package's module. */
export type Ort = typeof import('onnxruntime-node')

/**
 * @throws ConnectorError ML_DEPENDENCY when the package is not installed or its binary does not
 * load.
 */
export async function loadOrt(load: () => Promise<Ort> = importOrt): Promise<Ort> {
  try {
    return await load()
  } catch (cause) {
    throw new ConnectorError(
      'ML_DEPENDENCY',
      'an ONNX model needs the package onnxruntime-node, which cannot be loaded; ' +
        'install it: npm install --ignore-scripts onnxruntime-node (the CPU binary needs no install script)',
      { cause },
    )
  }
}

function importOrt(): Promise<Ort> {
  return import('onnxruntime-node')
}
