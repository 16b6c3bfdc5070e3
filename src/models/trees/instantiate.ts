// Makes a kernel out of its bytes. WebAssembly is part of every Node, but not of the type libraries this package is built with.

export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly walkTiles: (end: number) => void
  readonly walkTilesMissing: (end: number) => void
  readonly walkRow: (row: number, sums: number) => void
  readonly walkRowMissing: (row: number, sums: number) => void
}

interface WebAssemblyOfNode {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: KernelExports }
}

export function instantiate(bytes: Uint8Array<ArrayBuffer>): KernelExports {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyOfNode }
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
}
