import type { Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { type Money, sum, zero } from '../../../core/money.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../../core/offer.ts'
import { element, escapeText, textElement } from '../../../core/xml/write.ts'
import { findAirport } from '../../../reference/airports.ts'
import { moneyText } from './documents.ts'
import type { Values } from './envelope.ts'
import { cabinClassOf } from './low-fare-search.ts'
import { codeOf } from './pricing.ts'

/** Prices as a reply has them. */

/** Of a price point, solution or stored fare. */
export function amountValues(price: {
  readonly total: Money
  readonly base: Money
  readonly taxes: Money
  readonly fees: Money
}): Values {
  return {
    TotalPrice: moneyText(price.total),
    BasePrice: moneyText(price.base),
    ApproximateTotalPrice: moneyText(price.total),
    ApproximateBasePrice: moneyText(price.base),
    Taxes: moneyText(price.taxes),
    Fees: price.fees.amountMinor === 0 ? undefined : moneyText(price.fees),
  }
}

export function eachValues({ each }: PassengerFare): Values {
  const { currency } = each.total
  const sumOf = (charges: readonly { readonly amount: Money }[]): Money =>
    sum(
      charges.map(one => one.amount),
      currency,
    )
  return amountValues({ total: each.total, base: each.base, taxes: sumOf(each.taxes), fees: sumOf(each.fees) })
}

export function conditionValues({ conditions, validatingCarrier, ticketBy }: SupplierOffer): Values {
  return {
    LatestTicketingTime: ticketBy === null ? undefined : wireInstant(ticketBy),
    PricingMethod: 'Guaranteed',
    Refundable: conditions.refund.allowed,
    Exchangeable: conditions.change.allowed,
    ETicketability: 'Yes',
    PlatingCarrier: validatingCarrier,
    ProviderCode: '1G',
  }
}

export function wireInstant(instant: string): string {
  return new Date(Date.parse(instant)).toISOString().replace('Z', '+00:00')
}

/** Search replies give them no keys. */
export function taxInfos({ each }: PassengerFare, keyOf?: (index: number) => string): string {
  return each.taxes
    .map((tax, index) =>
      element('air:TaxInfo', { Category: tax.code, Amount: moneyText(tax.amount), Key: keyOf?.(index) }),
    )
    .join('')
}

export function feeInfos({ each }: PassengerFare, keyOf: (index: number) => string): string {
  return each.fees
    .map((fee, index) => element('air:FeeInfo', { Key: keyOf(index), Amount: moneyText(fee.amount), Code: fee.code }))
    .join('')
}

/** Names passengers where the asker named them. */
export function passengerTypes(fare: PassengerFare, ages: ReadonlyMap<string, number | null> = new Map()): string {
  return fare.ids
    .map(id =>
      element('air:PassengerType', { Code: codeOf(fare.type), Age: ages.get(id) ?? undefined, BookingTravelerRef: id }),
    )
    .join('')
}

/** ChangePenalty and CancelPenalty of one passenger of this type. */
export function penalties(offer: SupplierOffer, fare: PassengerFare): string {
  return (
    penalty('air:ChangePenalty', offer.conditions.change, offer, fare) +
    penalty('air:CancelPenalty', offer.conditions.refund, offer, fare)
  )
}

function penalty(name: string, condition: Condition, offer: SupplierOffer, fare: PassengerFare): string {
  if (condition.allowed !== true || condition.fee === null) return ''
  const each = perPassenger(condition.fee, offer.passengers, fare)
  return element(name, {}, textElement('air:Amount', moneyText(each)))
}

/** A fee is for all passengers, a penalty for one. Lap infants pay none, the others alike; where that does not come out
 *  even, the first single passenger pays it. */
function perPassenger(fee: Money, passengers: readonly PassengerFare[], fare: PassengerFare): Money {
  const seated = passengers.reduce((count, one) => count + (one.type === 'INF' ? 0 : one.count), 0)
  const even = seated > 0 && fee.amountMinor % seated === 0
  if (even) return { amountMinor: fare.type === 'INF' ? 0 : fee.amountMinor / seated, currency: fee.currency }
  const payer = passengers.find(one => one.count === 1) ?? passengers[0]
  return fare === payer ? fee : zero(fee.currency)
}

export function fareInfo(
  fare: SegmentFare,
  slice: Slice,
  values: { readonly key: string; readonly effectiveDate: string; readonly brandName: string | null },
): string {
  const { brand } = fare
  const { checked } = fare.baggage
  const weight = checked?.weightKg ?? checked?.weightLb ?? null
  const unit = checked?.weightKg != null ? 'Kilograms' : 'Pounds'
  const allowance =
    checked === null
      ? ''
      : element(
          'air:BaggageAllowance',
          {},
          textElement('air:NumberOfPieces', checked.pieces) +
            element('air:MaxWeight', weight === null ? {} : { Value: weight, Unit: unit }),
        )
  return element(
    'air:FareInfo',
    {
      Key: values.key,
      FareBasis: fare.fareBasis ?? '',
      PassengerTypeCode: codeOf(fare.passengerType),
      Origin: slice.origin,
      Destination: slice.destination,
      EffectiveDate: values.effectiveDate,
      DepartureDate: slice.segments[0]!.departure.slice(0, 10),
    },
    allowance +
      `<air:FareRuleKey FareInfoRef="${values.key}" ProviderCode="1G">${values.key}</air:FareRuleKey>` +
      (brand === null ? '' : element('air:Brand', { Key: values.key, BrandID: brand.code, Name: values.brandName })),
  )
}

export function bookingInfo(
  fare: SegmentFare,
  refs: { readonly fare: string; readonly segment: string; readonly seats: number | null; readonly hostToken?: string },
): string {
  return element('air:BookingInfo', {
    BookingCode: fare.bookingClass ?? '',
    BookingCount: refs.seats,
    CabinClass: fare.cabin === null ? undefined : cabinClassOf(fare.cabin),
    FareInfoRef: refs.fare,
    SegmentRef: refs.segment,
    HostTokenRef: refs.hostToken,
  })
}

/** Linear fare calculation in one currency, as it stands on a ticket. */
export function fareCalculation(offer: SupplierOffer, fare: PassengerFare): string {
  const index = offer.passengers.indexOf(fare)
  const amount = (fare.each.base.amountMinor / 100 / offer.slices.length).toFixed(2)
  const parts = offer.slices.map(slice => {
    const flights = slice.segments.map((segment, at) => {
      const through = at < slice.segments.length - 1 ? 'X/' : ''
      return `${segment.marketing.carrier} ${through}${cityOf(segment.destination)}`
    })
    return `${flights.join(' ')} ${amount}${slice.segments[0]!.fares[index]?.fareBasis ?? ''}`
  })
  const total = (Number(amount) * offer.slices.length).toFixed(2)
  return escapeText(`${cityOf(offer.slices[0]!.origin)} ${parts.join(' ')} NUC${total}END ROE1.0`)
}

function cityOf(airport: string): string {
  return findAirport(airport)?.cityCode ?? airport
}

/** Allowances in words, as AirPrice states them: those of the cabin stand nowhere else. Said of every flight or of none:
 *  where a journey comes by twice, a gap would not show which time is meant. */
export function baggageAllowances(offer: SupplierOffer, index: number): string {
  const segments = offer.slices.flatMap(slice => slice.segments)
  const isSaid = (kind: 'checked' | 'cabin'): boolean =>
    segments.every(segment => segment.fares[index]?.baggage[kind] != null)
  const checked = isSaid('checked') ? offer.slices.flatMap(slice => checkedInfos(slice, index)) : []
  const cabin = isSaid('cabin')
    ? segments.map(segment => allowanceInfo('cabin', segment, segment.destination, index))
    : []
  if (checked.length + cabin.length === 0) return ''
  // The schema wants one for the hold, whatever is known.
  const first = checked.join('') || element('air:BaggageAllowanceInfo', {})
  return element('air:BaggageAllowances', {}, first + cabin.join(''))
}

/** One for the whole direction where its flights agree. */
function checkedInfos(slice: Slice, index: number): readonly string[] {
  const bags = slice.segments.map(segment => JSON.stringify(segment.fares[index]?.baggage.checked))
  if (new Set(bags).size === 1) return [allowanceInfo('checked', slice.segments[0]!, slice.destination, index)]
  return slice.segments.map(segment => allowanceInfo('checked', segment, segment.destination, index))
}

function allowanceInfo(kind: 'checked' | 'cabin', segment: Segment, destination: string, index: number): string {
  const allowance = segment.fares[index]?.baggage[kind]
  if (!allowance) return ''
  const { pieces, weightKg, weightLb } = allowance
  const words = pieces !== null ? `${pieces}P` : weightKg !== null ? `${weightKg}K` : `${weightLb}L`
  const texts = (text: string): string => element('air:TextInfo', {}, textElement('air:Text', text))
  const restricted =
    pieces && weightKg !== null
      ? element('air:BaggageRestriction', {}, texts(`UPTO${Math.round(weightKg * 2.2)}LB/${weightKg}KG`))
      : ''
  const values = { Origin: segment.origin, Destination: destination, Carrier: segment.marketing.carrier }
  if (kind === 'cabin') {
    const bag = restricted && element('air:CarryOnDetails', { ApplicableCarryOnBags: '1' }, restricted)
    return element('air:CarryOnAllowanceInfo', values, texts(words) + bag)
  }
  const bag = restricted && element('air:BagDetails', { ApplicableBags: '1stChecked' }, restricted)
  return element('air:BaggageAllowanceInfo', values, texts(words) + bag)
}
