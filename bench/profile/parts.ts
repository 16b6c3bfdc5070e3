// The parts of a job, by the files of the sources that do their work.

/** The first expression that fits a file decides. */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ['model', /src\/models\/|onnxruntime/],
  ['decode', /src\/schema\//],
  ['labels', /operators\/(join|waiting)|waiting\/|src\/learning\//],
  ['features', /src\/features\/|engine\/state\/|stage-sets/],
  ['route', /engine\/exchange\/|merge-task|carried-events|source-targets|base\/murmur2/],
  ['output', /operators\/(predict|outputs|row-view|stage-body|set-aside)|src\/receipts\//],
  ['sources', /source-task|direct-task|source-batches|(source|direct)-body/],
  ['commit', /committer|packed-record|commit-record|snapshot-record|engine\/retention|node:zlib/],
  [
    'hand-over between processes',
    /src\/log\/server\/|src\/log\/wire|node:net|node:internal\/(stream|js_stream)/,
  ],
  ['log', /src\/log\//],
  ['importer', /examples\/flights\/start/],
  ['start: loading code', /node:internal\/(modules|process|bootstrap|main)|esm\/|src\/cli\//],
]

/** What no frame of a sample names. */
export const REST = 'all else'

export function partOfFile(file: string): string | undefined {
  return PARTS.find(([, files]) => files.test(file))?.[0]
}
