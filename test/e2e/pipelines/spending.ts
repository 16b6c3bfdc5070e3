// A pipeline over a union of two topics, which tells periods of a user, as a file of its own.
import { topic } from 'millrace'
import { spending, user } from '../../testing/streams.ts'

export default spending.every('10s', { of: user, to: topic('spend') }, ({ key, features, to }) => ({
  user: key,
  spent: features.spent1h,
  to,
}))
