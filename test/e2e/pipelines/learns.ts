// A pipeline with two models that learn: one from the checks of readings, one from the readings themselves.
import { watchingTwice } from '../../testing/learning-sensors.ts'

export default watchingTwice
