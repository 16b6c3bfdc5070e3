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

/**
 * From 1.29 on ONNX Runtime sends its maker what it is used for, and leaves an id and a database in the user's cache, unless its environment says no
 * before it is loaded. Whoever wants it sets ORT_DISABLE_TELEMETRY=0.
 */
function importOrt(): Promise<Ort> {
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  return import('onnxruntime-node')
}
