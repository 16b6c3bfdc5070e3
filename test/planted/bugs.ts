// All planted bugs: `npm run planted` must find each.
import type { PlantedBug } from './bug.ts'
import { commitBugs } from './commit.ts'
import { decodeBugs } from './decode.ts'
import { exchangeBugs } from './exchange.ts'
import { kafkaBugs } from './kafka.ts'
import { labelBugs } from './labels.ts'
import { learnerBugs } from './learner.ts'
import { logBugs } from './log.ts'
import { stateBugs } from './state.ts'
import { timeBugs } from './time.ts'

export const bugs: readonly PlantedBug[] = [
  ...commitBugs,
  ...exchangeBugs,
  ...timeBugs,
  ...stateBugs,
  ...labelBugs,
  ...learnerBugs,
  ...logBugs,
  ...decodeBugs,
  ...kafkaBugs,
]
