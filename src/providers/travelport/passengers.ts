import type { PassengerId } from '../../core/ids.ts'
import type { PassengerType } from '../../core/itinerary.ts'
import type { OrderKey, ShopPassenger } from '../port.ts'
import type { TravellerNames } from './wire/order.ts'
import type { PassengerNames } from './wire/price.ts'
import type { WirePassenger } from './wire/pricing.ts'

/** Whose price: by our id where it came back, else by type and age, else by type in order. For one price. */
export function pricedPassengers(asked: readonly ShopPassenger[]): PassengerNames {
  const left = [...asked]
  const take = (fits: (one: ShopPassenger) => boolean): PassengerId | undefined => {
    const index = left.findIndex(fits)
    return index < 0 ? undefined : left.splice(index, 1)[0]!.id
  }
  return {
    name(type: PassengerType, passenger: WirePassenger) {
      return (
        take(one => one.id === passenger.ref) ??
        take(one => one.type === type && one.age !== null && one.age === passenger.age) ??
        take(one => one.type === type) ??
        take(() => true) ??
        'pax_0'
      )
    },
  }
}

type Known = OrderKey['travellers'][number]

/** Whose name in a record: by key where it kept ours, else by name (titles are glued to given names: ANNAMRS), else by
 *  type in order. For one record. */
export function recordedTravellers(travellers: readonly Known[]): TravellerNames {
  const left = [...travellers]
  const take = (fits: (one: Known) => boolean): PassengerId | undefined => {
    const index = left.findIndex(fits)
    return index < 0 ? undefined : left.splice(index, 1)[0]!.id
  }
  return (wire, type) =>
    take(one => one.id === wire.key) ??
    take(one => letters(one.surname) === letters(wire.last) && letters(one.givenNames) === letters(wire.first)) ??
    take(one => letters(one.surname) === letters(wire.last) && isCloseTo(one.givenNames, wire.first)) ??
    take(one => type !== null && one.type === type) ??
    null
}

function isCloseTo(own: string, wire: string): boolean {
  const [a, b] = [letters(own), letters(wire)]
  return a !== '' && b !== '' && (a.startsWith(b) || b.startsWith(a))
}

function letters(name: string): string {
  return name.toUpperCase().replace(/[^A-Z]/g, '')
}
