// `millrace export-model FILE`: what a model has learnt in the stream, as an ONNX file.
import { InvalidArgumentError } from 'commander'
import { formatOfName } from '../../base/file-format.ts'
import {
  answer,
  examples,
  jsonOption,
  logOption,
  wholeNumber,
  writableFile,
  type Program,
} from '../program.ts'

interface ExportModelFlags {
  readonly log: string
  readonly out: string
  readonly model?: string
  readonly snapshot?: number
  readonly json: boolean
}

export function addExportModel(program: Program): void {
  const { around } = program
  program.root
    .command('export-model <file>')
    .description('write what a model has learnt in the stream as an ONNX file')
    .addOption(logOption())
    .requiredOption('--out <file>', 'the ONNX file to write', onnxFile)
    .option('--model <name>', 'which model, where several of the pipeline learn')
    .option('--snapshot <n>', 'as it was then, as receipts name it', wholeNumber)
    .addOption(jsonOption())
    .addHelpText('after', examples(EXAMPLES, around))
    .action(async (file: string, flags: ExportModelFlags) => {
      const exportModel = await around.load('exportModel')
      const { log, out, model, snapshot } = flags
      answer(program, await exportModel({ file, log, out, model, snapshot }), flags)
    })
}

/** @throws InvalidArgumentError where the name promises another format: who opens it would find ONNX. */
function onnxFile(path: string): string {
  if (formatOfName(path) === undefined) return writableFile(path)
  throw new InvalidArgumentError(
    `It is an ONNX file, and its name must not end as one of another format; found '${path}'.`,
  )
}

const EXAMPLES = [
  [
    'millrace export-model fraud.ts --log ./data --out fraud.onnx',
    'the newest snapshot, for onnx(...) or any other runtime',
  ],
  ['millrace export-model fraud.ts --snapshot 12 --out fraud.onnx', 'the one that a receipt names'],
] as const
