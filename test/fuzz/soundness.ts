import type { Money } from '../../src/core/money.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { decodeReport } from '../../src/providers/decode-report.ts'
import { decodeSummary } from '../../src/providers/decode-summary.ts'
import type { DecodedMessage } from '../../src/providers/port.ts'

/** What is wrong with what a decoder gave: every offer is whole, whatever the message was. Empty: nothing. */
export function flawsOf(provider: string, decoded: DecodedMessage): readonly string[] {
  const flaws = decoded.offers.flatMap((offer, index) => [
    ...priceFlaws(offer).map(flaw => `offer ${index}: ${flaw}`),
    ...flightFlaws(offer, decoded.warnings.length > 0).map(flaw => `offer ${index}: ${flaw}`),
  ])
  JSON.stringify(decodeReport(provider, decoded))
  decodeSummary(provider, decoded)
  return flaws
}

function priceFlaws({ total, base, taxes, fees, passengers, seatsLeft }: SupplierOffer): readonly string[] {
  const flaws: string[] = []
  const sums = { base: 0, taxes: 0, fees: 0, total: 0 }
  if (passengers.length === 0) flaws.push('no passengers')
  for (const { each, count, ids } of passengers) {
    if (!Number.isInteger(count) || count < 1) flaws.push(`${count} passengers`)
    if (ids.length > count) flaws.push(`${ids.length} ids for ${count} passengers`)
    const taxSum = each.taxes.reduce((sum, { amount }) => sum + amount.amountMinor, 0)
    const feeSum = each.fees.reduce((sum, { amount }) => sum + amount.amountMinor, 0)
    if (each.base.amountMinor + taxSum + feeSum !== each.total.amountMinor) flaws.push('a passenger’s price is no sum')
    sums.base += each.base.amountMinor * count
    sums.taxes += taxSum * count
    sums.fees += feeSum * count
    sums.total += each.total.amountMinor * count
    const all = [each.base, each.total, ...each.taxes.map(tax => tax.amount), ...each.fees.map(fee => fee.amount)]
    flaws.push(...all.flatMap(money => moneyFlaws(money, total.currency)))
  }
  flaws.push(...[total, base, taxes, fees].flatMap(money => moneyFlaws(money, total.currency)))
  const stated = { base: base.amountMinor, taxes: taxes.amountMinor, fees: fees.amountMinor, total: total.amountMinor }
  if (JSON.stringify(sums) !== JSON.stringify(stated))
    flaws.push(`passengers sum to ${JSON.stringify(sums)}, the offer is ${JSON.stringify(stated)}`)
  if (total.amountMinor < 0) flaws.push('a total below zero')
  if (seatsLeft !== null && !(Number.isInteger(seatsLeft) && seatsLeft >= 0)) flaws.push(`${seatsLeft} seats left`)
  return flaws
}

function moneyFlaws({ amountMinor, currency }: Money, wanted: string): readonly string[] {
  if (!Number.isSafeInteger(amountMinor)) return [`an amount of ${amountMinor}`]
  return currency === wanted && /^[A-Z]{3}$/.test(currency) ? [] : [`${currency} among ${wanted}`]
}

/** Without flights an offer says why: some replies price without naming them. */
function flightFlaws({ slices }: SupplierOffer, isWarned: boolean): readonly string[] {
  const flaws: string[] = []
  if (slices.length === 0 && !isWarned) flaws.push('no flights and no warning')
  for (const slice of slices) {
    const { segments, connections } = slice
    if (segments.length === 0) flaws.push('a slice without segments')
    if (connections.length !== Math.max(0, segments.length - 1)) flaws.push('connections between other segments')
    for (const { origin, destination, departure, arrival, durationMinutes, stops } of segments) {
      if (departure !== '' && !isLocalTime(departure)) flaws.push(`a departure at ${departure}`)
      if (arrival !== '' && !isLocalTime(arrival)) flaws.push(`an arrival at ${arrival}`)
      if (!isAirport(origin) || !isAirport(destination)) flaws.push(`a flight from ${origin} to ${destination}`)
      if (durationMinutes !== null && !(durationMinutes >= 0)) flaws.push(`a flight of ${durationMinutes} minutes`)
      if (stops.some(({ minutes }) => minutes !== null && !(minutes >= 0))) flaws.push('a stop below zero')
    }
  }
  return flaws
}

function isAirport(code: string): boolean {
  return code === '' || /^[A-Z]{3}$/.test(code)
}

/** To the minute or the second, or a date alone where the reply has no more; a day that there is. */
function isLocalTime(text: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?$/.exec(text)
  const midnight = match ? Date.parse(`${match[1]}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(match![1]!)
}
