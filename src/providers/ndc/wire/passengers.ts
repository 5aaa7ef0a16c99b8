import { isId, type PassengerId } from '../../../core/ids.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import type { WirePax } from './list-passengers.ts'
import type { Message } from './message.ts'
import { warn } from './values.ts'
import { passengerTypeOf } from './vocabulary.ts'

/** A passenger of the message under our name for it. */
export type KnownPassenger = {
  readonly ref: string
  readonly id: PassengerId
  readonly type: PassengerType
  readonly wire: WirePax
}

/** Whose id in the message is whose in ours. */
export type Naming = (
  refs: readonly { readonly ref: string; readonly type: PassengerType; readonly wire: WirePax }[],
) => readonly PassengerId[]

/** For a message without its request: ids of ours that stand in it, else numbers in order. */
export const numbered: Naming = refs =>
  refs.map(({ ref }, index): PassengerId => (isId('pax', ref) ? ref : `pax_${index + 1}`))

type Known = {
  readonly id: PassengerId
  readonly type: PassengerType
  readonly surname?: string
  readonly givenNames?: string
}

/** By our id where it came back, else by name where there is one, else by type in order. */
export function namedAs(asked: readonly Known[]): Naming {
  return refs => {
    const left = [...asked]
    const take = (fits: (one: Known) => boolean): PassengerId | undefined => {
      const index = left.findIndex(fits)
      return index < 0 ? undefined : left.splice(index, 1)[0]!.id
    }
    const byId = refs.map(({ ref }) => take(one => one.id === ref))
    const named = refs.map(({ wire }, index) => byId[index] ?? take(one => isNamed(one, wire)))
    return refs.map(
      ({ type }, index) =>
        named[index] ?? take(one => one.type === type) ?? take(() => true) ?? (`pax_${index + 1}` as const),
    )
  }
}

export function passengersOf(message: Message, naming: Naming): ReadonlyMap<string, KnownPassenger> {
  const refs = [...message.lists.passengers].map(([ref, wire]) => {
    const type = passengerTypeOf(wire.code)
    if (type === null && wire.code !== '')
      warn(message, 'passenger-type', `Pax ${ref}`, `${wire.code} taken as an adult`)
    return { ref, type: type ?? 'ADT', wire }
  })
  const ids = naming(refs)
  return new Map(refs.map(({ ref, type, wire }, index) => [ref, { ref, id: ids[index]!, type, wire }]))
}

type Named = { readonly surname: string; readonly givenNames: string }

/** Whether it is they whose name this is, and nobody else of them: airlines cut names short and add titles to them. */
export function isSurely(name: Named, id: PassengerId, travellers: readonly (Known & Named)[]): boolean {
  const exact = travellers.filter(one => isNamed(one, name))
  const fitting = exact.length > 0 ? exact : travellers.filter(one => mayBeNamed(one, name))
  return fitting.length === 1 && fitting[0]!.id === id
}

function mayBeNamed(one: Named, name: Named): boolean {
  const begins = (a: string, b: string): boolean =>
    letters(a).startsWith(letters(b)) || letters(b).startsWith(letters(a))
  return begins(one.surname, name.surname) && begins(one.givenNames, name.givenNames)
}

function isNamed(one: Known, wire: Pick<WirePax, 'surname' | 'givenNames'>): boolean {
  if (!one.surname || wire.surname === '' || letters(one.surname) !== letters(wire.surname)) return false
  return letters(one.givenNames ?? '') === letters(wire.givenNames)
}

function letters(name: string): string {
  return name.toUpperCase().replace(/[^A-Z]/g, '')
}
