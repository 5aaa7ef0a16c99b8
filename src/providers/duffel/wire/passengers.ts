import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import { countOf, isObject, listOf, textOf, Unreadable } from './read.ts'
import { passengerTypeOf } from './vocabulary.ts'

/** Duffel gives every passenger an id of its own (`pas_…`) with the search and asks for it in the order. */
export type WirePassenger = {
  readonly wireId: string | null
  readonly type: PassengerType
  readonly age: number | null
}

/** Ours by theirs: kept in the supplierContext from the search to the last call about the order. */
export type PassengerIds = Readonly<Record<string, PassengerId>>

/** Gives each of the passengers of one offer an id of ours. */
export type TieIds = (passengers: readonly WirePassenger[]) => readonly PassengerId[]

function paxId(index: number): PassengerId {
  return `pax_${index + 1}`
}

/** `pax_1` … in the order of the message. */
export const numberedIds: TieIds = passengers => passengers.map((_, i) => paxId(i))

/** A tie made before. */
export function knownIds(ids: PassengerIds): TieIds {
  return passengers => passengers.map((passenger, i) => ids[passenger.wireId ?? ''] ?? paxId(i))
}

export type AskedPassenger = {
  readonly id: PassengerId
  readonly type: PassengerType
  readonly age: number | null
}

/** Replies keep the order of the request; should one not, type and age still tell most passengers apart. */
export function askedIds(asked: readonly AskedPassenger[]): TieIds {
  return passengers => {
    const free = [...asked]
    const take = (suits: (candidate: AskedPassenger) => boolean): PassengerId | undefined => {
      const at = free.findIndex(suits)
      return at < 0 ? undefined : free.splice(at, 1)[0]!.id
    }
    return passengers.map(
      ({ type, age }, i) =>
        take(
          candidate => candidate.type === type && (age === null || candidate.age === null || candidate.age === age),
        ) ??
        take(candidate => candidate.type === type) ??
        take(() => true) ??
        paxId(i),
    )
  }
}

/** A search takes nine; some airlines' infants come on top. */
const passengersMax = 18

export function readPassengers(value: unknown, at: string): readonly WirePassenger[] {
  const list = listOf(value)
  if (list.length === 0) throw new Unreadable('passenger-missing', at, 'for no passengers')
  if (list.length > passengersMax) throw new Unreadable('too-many-passengers', at, `over ${passengersMax} passengers`)
  return list.map((item, i) => {
    const raw = isObject(item) ? item : null
    const type = passengerTypeOf(raw?.type, raw?.age, raw?.fare_type)
    if (raw === null || type === null) {
      throw new Unreadable('passenger-unknown', `${at}/${i}`, 'a passenger has neither a type nor an age')
    }
    return { wireId: textOf(raw.id), type, age: countOf(raw.age) }
  })
}

export function tieOf(passengers: readonly WirePassenger[], ids: readonly PassengerId[]): PassengerIds {
  const tie: Record<string, PassengerId> = {}
  for (let i = 0; i < passengers.length; i++) {
    const { wireId } = passengers[i]!
    if (wireId !== null) tie[wireId] = ids[i]!
  }
  return tie
}
