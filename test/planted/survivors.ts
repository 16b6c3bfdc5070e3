// Mutants that no test kills, and why none has to.
import { ofEngine } from './survivors/of-engine.ts'
import { ofExchange } from './survivors/of-exchange.ts'
import { ofLog } from './survivors/of-log.ts'
import type { Survivor } from './survivors/survivor.ts'

export const survivors: readonly Survivor[] = [...ofEngine, ...ofExchange, ...ofLog]
