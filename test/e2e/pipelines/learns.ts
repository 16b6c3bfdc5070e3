// A pipeline with a model that learns from the checks of readings.
import { watching } from '../../testing/learning-sensors.ts'

export default watching
