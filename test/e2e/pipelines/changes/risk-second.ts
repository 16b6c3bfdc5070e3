import { richer, purchases } from './purchases.ts'

export default purchases('risk', richer, 2)
