// The walls between the folders of src/, as tables. ARCHITECTURE.md reads them aloud.
// A new edge is a decision about the design: it is made here first, never by an import that happened to compile.

const FOUNDATION = ['base', 'contracts']
const DEFINITION = [...FOUNDATION, 'features', 'schema']
const ENGINE = [...DEFINITION, 'pipeline']
const SIBLINGS = [
  'connectors',
  'features',
  'learning',
  'log',
  'models',
  'monitoring',
  'provenance',
  'registry',
  'rollout',
  'schema',
  'triggers',
]

/** What each folder of src/ may import besides itself. */
export const walls: Readonly<Record<string, readonly string[]>> = {
  base: [],
  contracts: ['base'],
  ...Object.fromEntries(SIBLINGS.map((folder) => [folder, FOUNDATION])),
  pipeline: DEFINITION,
  engine: ENGINE,
  http: FOUNDATION,
  runner: [...ENGINE, 'engine', ...SIBLINGS, 'http'],
  cli: [...FOUNDATION, 'runner'],
  testing: [...ENGINE, 'engine', 'runner', 'log', 'models', 'learning'],
  // src/index.ts: the public names.
  '': [...ENGINE, 'log', 'models', 'learning', 'runner'],
}

/** Which folders may import a package; a package that is not here may be imported by none. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  '@standard-schema/spec': ['contracts', 'engine', 'pipeline', 'runner', 'schema', 'testing'],
  'onnxruntime-node': ['models/onnx'],
  '@bufbuild/protobuf': ['models/onnx'],
  hyparquet: ['connectors/file'],
  'hyparquet-compressors': ['connectors/file'],
  'hyparquet-writer': ['connectors/file'],
  'csv-parse': ['connectors/file'],
  commander: ['cli'],
  fastify: ['http'],
  '@platformatic/kafka': ['log/kafka'],
  picocolors: ['cli'],
}

/** Folders without I/O: of Node they may import only what computes. */
export const pureFolders: readonly string[] = [
  'base',
  'contracts',
  'engine',
  'features',
  'learning',
  'pipeline',
  'provenance',
  'schema',
]
export const pureBuiltins: readonly string[] = [
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:util',
  'node:zlib',
]

/** Folders that are a function of the log: time and chance come to them through the contracts. */
export const deterministicFolders: readonly string[] = [
  'engine',
  'features',
  'learning',
  'pipeline',
  'provenance',
  'schema',
]

/** Files with an exception from a rule, and why. */
export const exceptions: Readonly<Record<string, string>> = {
  'src/schema/guard.ts': 'puts watchers in their place while a function of the user runs',
}
