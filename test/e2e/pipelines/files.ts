// From a file to files: a test runs it with the folder of the files in its environment.
import { z } from 'zod'
import { file, functionModel, model, pipeline, stream, type Pipeline } from 'millrace'

const folder = process.env.MILLRACE_TEST_FOLDER ?? '.'

const rows = stream('rows', {
  source: file([`${folder}/a.csv`, `${folder}/b.csv.gz`]),
  schema: z.object({ id: z.string(), key: z.string(), at: z.number(), n: z.number() }),
  key: (row) => row.key,
  time: (row) => row.at,
  idle: 'never',
})
const seen = rows.features('seen', {
  define: (f) => ({ sum: f.sum((row) => row.n, { over: '1h' }) }),
})
const half = model('half', {
  of: rows,
  input: [seen],
  runtime: functionModel((row: { sum: number }) => ({ half: row.sum / 2 }), {
    output: z.object({ half: z.number() }),
  }),
})
const files: Pipeline = pipeline('files')
  .from(rows)
  .features(seen)
  .predict(half)
  .emit(file(`${folder}/out.jsonl`), ({ event, prediction }) => ({
    id: event.id,
    half: prediction.half,
  }))
  .emit(file(`${folder}/halves.csv`, { columns: ['half', 'id'], delimiter: ';' }), (row) => ({
    id: row.event.id,
    half: row.prediction.half,
  }))
  .emit(file(`${folder}/whole.parquet`), ({ event, prediction }) => ({
    id: event.id,
    half: prediction.half,
  }))
  .when(({ prediction }) => prediction.half > 100, file(`${folder}/large.jsonl`))

export default files
