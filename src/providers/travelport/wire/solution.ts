import { findChild, listDescendants, type XmlElement } from '../../../core/xml/tree.ts'
import { emptyScope, type Scope, scopeOf, writeFragment } from './fragment.ts'
import type { PassengerNames } from './price.ts'
import { passengerTypeOf } from './pricing.ts'
import { integer } from './reply.ts'
import { messageOf } from './requests.ts'

/** What AirCreateReservation does not need of a priced solution, and would make it several times as large. */
const leftOut: ReadonlySet<string> = new Set([
  'AirSegmentRef',
  'AvailableSSR',
  'BaggageAllowances',
  'FareNote',
  'FareNoteRef',
  'FareRulesFilter',
  'ImageLocation',
  'InFlightServices',
  'Meals',
  'MetaData',
  'OptionalServices',
  'Rules',
  'ServiceAssociations',
  'Text',
  'Title',
])

/** The `AirPricingSolution` of an AirPrice reply with this key, as AirCreateReservation wants it back: as it came, with
 *  its segments inside and each passenger named. Undefined where it is not there. */
export function solutionForBooking(root: XmlElement, key: string, names: PassengerNames): string | undefined {
  const reply = messageOf(root)
  const solution = reply && listDescendants(reply, 'AirPricingSolution').find(one => one.attributes.Key === key)
  if (!reply || !solution) return undefined
  const itinerary = findChild(reply, 'AirItinerary')
  const wanted = solution.children.filter(child => child.name === 'AirSegmentRef').map(ref => ref.attributes.Key)
  const segments = wanted.flatMap(ref => itinerary?.children.find(child => child.attributes.Key === ref) ?? [])
  const pruned = prune(solution, names)
  return writeFragment(
    { ...pruned, children: [...segments.map(one => prune(one, names)), ...pruned.children] },
    rootScope(root),
  )
}

/** Declarations stand on the envelope or the message. */
function rootScope(root: XmlElement): Scope {
  let scope = scopeOf(root, emptyScope)
  const body = findChild(root, 'Body')
  if (body) scope = scopeOf(body, scope)
  const message = messageOf(root)
  return message ? scopeOf(message, scope) : scope
}

function prune(element: XmlElement, names: PassengerNames): XmlElement {
  const children = element.children.filter(child => !leftOut.has(child.name)).map(child => prune(child, names))
  if (element.name !== 'PassengerType') return { ...element, children }
  const { Code, Age, BookingTravelerRef } = element.attributes
  const type = passengerTypeOf(Code ?? '') ?? 'ADT'
  const name = names.name(type, { code: Code ?? '', age: integer(Age), ref: BookingTravelerRef ?? null })
  return { ...element, attributes: { ...element.attributes, BookingTravelerRef: name }, children }
}
