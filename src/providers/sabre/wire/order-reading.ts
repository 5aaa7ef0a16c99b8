import type { PassengerId } from '../../../core/ids.ts'
import type { ZoneName } from '../../../core/itinerary.ts'
import type { OrderKey } from '../../port.ts'
import { givenNameWithTitle, surnameInField, withoutTitle } from './codes.ts'

/** What a booking does not say and its reader may know. */
export type OrderContext = {
  readonly officeZone: ZoneName
  /** In the order in which they were sent. */
  readonly travellers: OrderKey['travellers']
}

export const noOrderContext: OrderContext = { officeZone: 'UTC', travellers: [] }

/** Ours by name, by place where two share one: travellers come back in the order in which they were sent. */
export function ourIds(
  names: readonly { readonly givenName: string; readonly surname: string }[],
  ours: OrderKey['travellers'],
): readonly (PassengerId | null)[] {
  const left = ours.map((traveller, place) => ({ traveller, place }))
  return names.map((name, place) => {
    const matching = left.filter(entry => sameName(name, entry.traveller))
    const match = matching.find(entry => entry.place === place) ?? matching[0]
    if (!match) return null
    left.splice(left.indexOf(match), 1)
    return match.traveller.id
  })
}

function sameName(
  name: { readonly givenName: string; readonly surname: string },
  ours: { readonly givenNames: string; readonly surname: string },
): boolean {
  const given = withoutTitle(name.givenName).toUpperCase()
  const full = givenNameWithTitle(ours.givenNames, null)
  return (
    name.surname.toUpperCase() === surnameInField(ours.surname) &&
    (given === full || given === withoutTitle(full) || given === full.split(' ')[0])
  )
}
