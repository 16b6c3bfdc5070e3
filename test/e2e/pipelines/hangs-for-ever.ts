// The model never comes back, nobody ends it for that, and it says when it begins.
import type { Pipeline } from 'millrace'
import { BAD, ordersPipeline } from './orders.ts'

const hangs: Pipeline = ordersPipeline(
  ({ amount }) => {
    if (amount === BAD) process.stderr.write('it hangs\n')
    while (amount === BAD);
    return { score: amount }
  },
  { deadline: '100d' },
)
export default hangs
