import type { PassengerId } from '../core/ids.ts'
import type { PassengerType } from '../core/itinerary.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import type { Provider } from '../providers/port.ts'
import { because } from './answers.ts'
import type { Booking } from './booking.ts'
import { whoTravels } from './cancelled-parts.ts'
import type { QuoteRequest } from './port.ts'
import { invalid } from './validate.ts'

/** Whom a cancellation is asked for; undefined: all who travel still. Throws `validation`. */
export function partAsked(booking: Booking, request: QuoteRequest): readonly PassengerId[] | undefined {
  const errors = [...passengerErrors(booking, request), ...sliceErrors(booking, request)]
  if (errors.length > 0) throw invalid(errors)
  const ids = whoTravels(booking).map(({ id }) => id)
  const asked = ids.filter(id => !request.passengerIds || request.passengerIds.includes(id))
  return asked.length < ids.length || isSlicePart(booking, request) ? asked : undefined
}

function passengerErrors(booking: Booking, { passengerIds = [] }: QuoteRequest): readonly FieldError[] {
  const travelling = whoTravels(booking)
  return passengerIds.flatMap((id, i) => {
    const pointer = `/passengerIds/${i}`
    if (travelling.some(passenger => passenger.id === id)) return []
    return booking.passengers.some(passenger => passenger.id === id)
      ? [{ pointer, code: 'already-cancelled', detail: 'this passenger was cancelled before' }]
      : [{ pointer, code: 'unknown-passenger', detail: 'there is no such passenger' }]
  })
}

function sliceErrors({ sale }: Booking, { sliceIndexes = [] }: QuoteRequest): readonly FieldError[] {
  const slices = sale.net.slices.length
  return sliceIndexes.flatMap((index, i) =>
    Number.isInteger(index) && index >= 0 && index < slices
      ? []
      : [{ pointer: `/sliceIndexes/${i}`, code: 'unknown-slice', detail: `slices are 0 to ${slices - 1}` }],
  )
}

function isSlicePart({ sale }: Booking, { sliceIndexes }: QuoteRequest): boolean {
  return sliceIndexes !== undefined && new Set(sliceIndexes).size < sale.net.slices.length
}

/** Whether the supplier can, and those who stay may travel without them. */
export function checkPart(booking: Booking, { capabilities, code }: Provider, request: QuoteRequest): void {
  const refuse = (what: string): never => {
    throw new ProblemError('not-cancellable', because(what, capabilities.notes))
  }
  if (!capabilities.cancelPassengers) refuse(`${code} cancels a booking as a whole only, no part of it`)
  if (isSlicePart(booking, request)) refuse(`${code} cancels no slice alone`)
  const errors = companyErrors(booking, request)
  if (errors.length > 0) throw invalid(errors)
}

const children: readonly PassengerType[] = ['CHD', 'INF', 'INS']

/** No lap infant without its adult, no child without anybody. */
function companyErrors(booking: Booking, { passengerIds = [] }: QuoteRequest): readonly FieldError[] {
  const staying = whoTravels(booking).filter(({ id }) => !passengerIds.includes(id))
  const grown = booking.passengers.filter(({ type }) => !children.includes(type)).map(({ id }) => id)
  const child = staying.every(({ id }) => !grown.includes(id)) ? staying[0] : undefined
  return passengerIds.flatMap((id, i) => {
    const pointer = `/passengerIds/${i}`
    const infant = staying.find(({ adultId }) => adultId === id)
    if (infant)
      return [{ pointer, code: 'infant-left-alone', detail: `${infant.id} travels on the lap of ${id}: name both` }]
    if (!child || !grown.some(one => one === id)) return []
    const detail = `nobody would be left to travel with ${child.id} (${child.type}): name both`
    return [{ pointer, code: 'child-left-alone', detail }]
  })
}
