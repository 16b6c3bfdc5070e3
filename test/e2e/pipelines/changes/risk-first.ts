import { plain, purchases } from './purchases.ts'

export default purchases('risk', plain, 1)
