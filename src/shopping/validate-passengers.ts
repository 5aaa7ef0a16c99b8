import { isId, type PassengerId } from '../core/ids.ts'
import type { PassengerType } from '../core/itinerary.ts'
import type { ShopPassenger } from '../providers/port.ts'
import type { SearchRequest } from './port.ts'
import type { Report } from './validate.ts'

type RequestPassenger = SearchRequest['passengers'][number]

/** Seats in one PNR (domain.md 4.1); lap infants need none. */
export const seatsMax = 9

/** domain.md 4.1; upper bounds of youth and lower ones of seniors differ by carrier, so the widest in use. */
const ages: Readonly<Partial<Record<PassengerType, readonly [number, number]>>> = {
  ADT: [12, 120],
  CHD: [2, 11],
  INF: [0, 1],
  INS: [0, 1],
  YTH: [12, 25],
  SRC: [55, 120],
}

export function validatePassengers(passengers: readonly RequestPassenger[], report: Report): void {
  if (passengers.length === 0) {
    report('/passengers', 'required', 'a search has at least one passenger')
    return
  }
  const ids = new Map<string, number>()
  passengers.slice(0, 4 * seatsMax).forEach((passenger, i) => {
    checkType(passenger, i, report)
    checkId(passenger, i, ids, report)
  })
  checkParty(passengers, report)
}

function checkType({ type, age }: RequestPassenger, i: number, report: Report): void {
  const range = ages[type]
  if (!range) {
    report(`/passengers/${i}/type`, 'unknown-passenger-type', `a type is one of ${Object.keys(ages).join(', ')}`)
    return
  }
  if (age === undefined) return
  if (!Number.isInteger(age) || age < range[0] || age > range[1])
    report(`/passengers/${i}/age`, 'age-does-not-fit', `${type} is ${range[0]} to ${range[1]} years old, not ${age}`)
}

function checkId({ id }: RequestPassenger, i: number, ids: Map<string, number>, report: Report): void {
  if (id === undefined) return
  if (!isId('pax', id)) report(`/passengers/${i}/id`, 'malformed-id', 'an id is pax_ and up to 64 letters and digits')
  const first = ids.get(id)
  if (first !== undefined) report(`/passengers/${i}/id`, 'duplicate-id', `passenger ${first} has the id ${id} too`)
  else ids.set(id, i)
}

/** A child on its own needs the airline's approval offline (UNN), so it is refused here with a clear error. */
function checkParty(passengers: readonly RequestPassenger[], report: Report): void {
  const count = (...types: readonly PassengerType[]): number =>
    passengers.filter(({ type }) => types.includes(type)).length
  const seats = passengers.length - count('INF')
  if (seats > seatsMax) report('/passengers', 'too-many-passengers', `at most ${seatsMax} seats, not ${seats}`)
  if (count('INF') > count('ADT', 'SRC'))
    report('/passengers', 'too-many-lap-infants', 'each lap infant needs an adult of its own')
  if (count('ADT', 'SRC', 'YTH') === 0)
    report('/passengers', 'no-adult', 'children travel with an adult; unaccompanied minors are not sold here')
}

/** Ids that are not given are `pax_1`, `pax_2` … by place, or the next free ones. */
export function passengersOf(passengers: readonly RequestPassenger[]): readonly ShopPassenger[] {
  const taken = new Set(passengers.map(({ id }) => id))
  return passengers.map(({ id, type, age }, i) => {
    let own = id
    for (let n = i + 1; own === undefined; n++) {
      if (!taken.has(`pax_${n}`)) own = `pax_${n}`
    }
    taken.add(own)
    return { id: own as PassengerId, type, age: age ?? null }
  })
}
