import type { Provider, ShopQuery } from '../providers/port.ts'

/** Why this supplier is not asked; undefined: it is. Lap infants need no seat and do not count. */
export function whySkipped({ capabilities }: Pick<Provider, 'capabilities'>, query: ShopQuery): string | undefined {
  const { slicesMax, passengersMax, passengerTypes } = capabilities
  if (query.slices.length > slicesMax)
    return slicesMax === 1 ? 'it takes one slice a search' : `it takes at most ${slicesMax} slices a search`
  const seats = query.passengers.filter(({ type }) => type !== 'INF').length
  if (seats > passengersMax) return `it takes at most ${passengersMax} passengers`
  const refused = query.passengers.find(({ type }) => !passengerTypes.includes(type))
  return refused && `it does not price passengers of type ${refused.type}`
}
