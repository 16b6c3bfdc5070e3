import { first, shopOf } from './shop.ts'

export default shopOf(first, 1)
