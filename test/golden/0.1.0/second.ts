import { second, shopOf } from './shop.ts'

export default shopOf(second, 2)
