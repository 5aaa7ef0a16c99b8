import type { RankScore } from './chain.ts'
import { least, lowerIsBetter, percentAbove } from './scale.ts'

/** 1 for the cheapest, 0 from twice its price. */
export const price = (weight: number): RankScore => ({
  name: 'price',
  weight,
  rate: ({ price }) => lowerIsBetter(price, 2),
  explain({ price }, row) {
    const above = percentAbove(price[row]!, least(price))
    return above === 0 ? 'the lowest price' : `${above} % above the lowest price`
  },
})
