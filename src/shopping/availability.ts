import type { Money } from '../core/money.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { ShopQuery } from '../providers/port.ts'

/** The lowest price of one adult one way on one flight in one booking class, as suppliers asked it just now: net, so
 *  nobody's mark-up is in it, and only of public fares. */
export type AvailabilityRow = {
  readonly origin: string
  readonly destination: string
  /** Local date of departure. */
  readonly date: string
  /** `BA117:O:economy` */
  readonly member: string
  readonly euroCents: number
}

/** Only one-way searches tell the price of one way, and only a slice of a single flight that of the flight. */
export function availabilityOf(
  query: ShopQuery,
  offers: readonly SupplierOffer[],
  toEuro: (m: Money) => Money | undefined,
): readonly AvailabilityRow[] {
  if (query.slices.length !== 1 || query.accountCodes.length > 0) return []
  const lowest = new Map<string, AvailabilityRow>()
  for (const offer of offers) {
    const row = rowOf(offer, toEuro)
    if (!row) continue
    const key = `${row.origin} ${row.destination} ${row.date} ${row.member}`
    const known = lowest.get(key)
    if (!known || row.euroCents < known.euroCents) lowest.set(key, row)
  }
  return [...lowest.values()]
}

function rowOf(offer: SupplierOffer, toEuro: (m: Money) => Money | undefined): AvailabilityRow | undefined {
  const segment = offer.slices[0]!.segments.length === 1 ? offer.slices[0]!.segments[0]! : undefined
  const fare = segment?.fares.find(({ passengerType }) => passengerType === 'ADT')
  const adult = offer.passengers.find(({ type }) => type === 'ADT')
  if (!segment || !adult || !fare?.bookingClass || !fare.cabin) return undefined
  const price = toEuro(adult.each.total)
  return (
    price && {
      origin: segment.origin,
      destination: segment.destination,
      date: segment.departure.slice(0, 10),
      member: `${segment.marketing.carrier}${segment.marketing.number}:${fare.bookingClass}:${fare.cabin}`,
      euroCents: price.amountMinor,
    }
  )
}

/** No literal braces: in a Redis cluster they would put all keys with the same text between them on one node. */
export function availabilityKey({ origin, destination, date }: AvailabilityRow): string {
  return `flight:availability:${origin}:${destination}:${date}`
}
