import type { Cabin } from '../core/itinerary.ts'
import { add, type CurrencyCode, type Money, money, subtract, times, zero } from '../core/money.ts'
import type { Charge, Condition, PassengerFare, PassengerPrice, SupplierOffer } from '../core/offer.ts'
import { findAirport } from '../reference/airports.ts'
import type { PricedOffer, Pricer, PricingScope } from './port.ts'
import type { Rate, Rates } from './rates.ts'
import { scaleRounded } from './rounding.ts'
import { type FeeRule, type MarkupRule, matches, type PricingRules, type ScopeFacts } from './rules.ts'

/** One pricer per search: conversions are remembered, since the same taxes come back in every offer.
 *  Converted amounts: each passenger's total and charges are rounded on their own and the base takes what is left, so that
 *  base + taxes + fees is the total to the minor unit. Amounts already in the right currency stay untouched. */
export function makePricer(rules: PricingRules, rates: Rates, scope: PricingScope): Pricer {
  const convert = makeConverter(rates, scope.currency)
  return offer => {
    const passengers = offer.passengers.map(entry => pricePassenger(entry, offer, { rules, convert, scope }))
    const totals = totalsOf(passengers, scope.currency)
    const rate = rates.find(offer.total.currency, scope.currency)
    return {
      total: totals.total,
      price: {
        base: totals.base,
        taxes: totals.taxes,
        fees: totals.fees,
        total: totals.total,
        supplierTotal: offer.total,
        rate: rate && { id: rate.id, value: rate.value, date: rate.date },
      },
      passengers,
      conditions: {
        change: priceCondition(offer.conditions.change, convert),
        refund: priceCondition(offer.conditions.refund, convert),
      },
    } satisfies PricedOffer
  }
}

type Convert = (m: Money) => Money
type Tools = { readonly rules: PricingRules; readonly convert: Convert; readonly scope: PricingScope }

function pricePassenger(entry: PassengerFare, offer: SupplierOffer, tools: Tools): PassengerFare {
  const { rules, convert, scope } = tools
  const facts = factsOf(entry, offer, scope)
  const net = convertPrice(entry.each, convert)
  const markup = markupFor(rules.markups, facts, net, convert)
  const fee = rules.fees.find(rule => matches(rule.when, facts, placeKeys))
  const own = fee && fee.amount.amountMinor > 0 ? ownFee(fee, convert) : undefined
  const base = add(net.base, markup)
  const each: PassengerPrice = {
    base,
    taxes: net.taxes,
    fees: own ? [...net.fees, own] : net.fees,
    total: own ? add(add(net.total, markup), own.amount) : add(net.total, markup),
  }
  return { ids: entry.ids, type: entry.type, count: entry.count, each }
}

function convertPrice(price: PassengerPrice, convert: Convert): PassengerPrice {
  const total = convert(price.total)
  if (total === price.total) return price
  const taxes = price.taxes.map(charge => convertCharge(charge, convert))
  const fees = price.fees.map(charge => convertCharge(charge, convert))
  const base = subtract(subtract(total, sumCharges(taxes, total.currency)), sumCharges(fees, total.currency))
  return { base, taxes, fees, total }
}

function convertCharge(charge: Charge, convert: Convert): Charge {
  return { code: charge.code, amount: convert(charge.amount) }
}

function markupFor(rules: readonly MarkupRule[], facts: ScopeFacts, net: PassengerPrice, convert: Convert): Money {
  const rule = rules.find(candidate => matches(candidate.when, facts, placeKeys))
  if (!rule) return zero(net.total.currency)
  switch (rule.add.kind) {
    case 'percent':
      return scaleRounded(rule.add.of === 'base' ? net.base : net.total, rule.add.ratio, net.total.currency)
    case 'amount':
      return convert(rule.add.amount)
  }
}

function ownFee(rule: FeeRule, convert: Convert): Charge {
  return { code: rule.code, amount: convert(rule.amount) }
}

function factsOf(entry: PassengerFare, offer: SupplierOffer, scope: PricingScope): ScopeFacts {
  const first = offer.slices[0]
  return {
    tenant: scope.tenant,
    provider: offer.provider,
    carrier: offer.validatingCarrier,
    pointOfSale: scope.pointOfSale,
    origin: first?.origin ?? '',
    destination: first?.destination ?? '',
    cabin: cabinOf(offer, entry),
    passengerType: entry.type,
  }
}

function cabinOf(offer: SupplierOffer, entry: PassengerFare): Cabin | null {
  const fares = offer.slices[0]?.segments[0]?.fares
  return fares?.find(fare => fare.passengerType === entry.type)?.cabin ?? null
}

function placeKeys(code: string): readonly string[] {
  const airport = findAirport(code)
  return airport ? [code, airport.cityCode, `country:${airport.country}`] : [code]
}

type Totals = { readonly base: Money; readonly taxes: Money; readonly fees: Money; readonly total: Money }

function totalsOf(passengers: readonly PassengerFare[], currency: CurrencyCode): Totals {
  let base = 0
  let taxes = 0
  let fees = 0
  let total = 0
  for (const { count, each } of passengers) {
    base += times(each.base, count).amountMinor
    taxes += sumCharges(each.taxes, currency).amountMinor * count
    fees += sumCharges(each.fees, currency).amountMinor * count
    total += times(each.total, count).amountMinor
  }
  return {
    base: money(base, currency),
    taxes: money(taxes, currency),
    fees: money(fees, currency),
    total: money(total, currency),
  }
}

function sumCharges(charges: readonly Charge[], currency: CurrencyCode): Money {
  let minor = 0
  for (const charge of charges) minor += charge.amount.amountMinor
  return money(minor, currency)
}

function priceCondition(condition: Condition, convert: Convert): Condition {
  return condition.fee === null ? condition : { allowed: condition.allowed, fee: convert(condition.fee) }
}

/** Returns its argument where nothing is to be done. Remembers: a scale() is 1 µs, a look-up 0.05. */
function makeConverter(rates: Rates, to: CurrencyCode): Convert {
  const byCurrency = new Map<CurrencyCode, { readonly rate: Rate; readonly known: Map<number, Money> }>()
  return m => {
    if (m.currency === to) return m
    let entry = byCurrency.get(m.currency)
    if (!entry) {
      entry = { rate: rates.find(m.currency, to)!, known: new Map() }
      byCurrency.set(m.currency, entry)
    }
    let converted = entry.known.get(m.amountMinor)
    if (!converted) {
      converted = scaleRounded(m, entry.rate.ratio, to)
      entry.known.set(m.amountMinor, converted)
    }
    return converted
  }
}
