// A pipeline over a union of two topics, as a file of its own.
export { spending as default } from '../../testing/streams.ts'
