// A pipeline whose model learns in the stream: the readings of test/testing.
import { watching } from '../../testing/learning-sensors.ts'

export default watching
