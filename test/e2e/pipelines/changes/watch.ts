import { plain, purchases } from './purchases.ts'

export default purchases('watch', plain, 1)
