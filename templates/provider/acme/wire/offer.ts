import type { PassengerId } from 'fareloom/core/ids.ts'
import { passengerTypes } from 'fareloom/core/itinerary.ts'
import { formatAmount, type Money, money } from 'fareloom/core/money.ts'
import type { Charge, Condition, PassengerFare, SupplierOffer, WireWarning } from 'fareloom/core/offer.ts'
import { nothingRequired } from 'fareloom/core/offer.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import { decodeSlices, encodeSlices } from './flight.ts'
import { carrierForm, countOf, currencyForm, flagOf, listOf, matching, moneyOf, optionalText, rawOf, textOf, wordOf } from './read.ts'

export type OffersReply = { readonly offers: readonly SupplierOffer[]; readonly warnings: readonly WireWarning[] }

/** `{"offers":[…]}`. What is wrong with one offer costs that offer and is a warning. */
export function decodeOffers(root: unknown): OffersReply {
  const offers: SupplierOffer[] = []
  const warnings: WireWarning[] = []
  listOf(rawOf(root, '').offers, '/offers').forEach((raw, i) => {
    try {
      offers.push(decodeOffer(raw, `/offers/${i}`))
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      warnings.push({ code: 'offer-unreadable', at: error.at, text: error.reason })
    }
  })
  return { offers, warnings }
}

function decodeOffer(value: unknown, at: string): SupplierOffer {
  const raw = rawOf(value, at)
  const currency = matching(raw.currency, currencyForm, `${at}/currency`)
  const passengers = listOf(raw.prices, `${at}/prices`).map((price, i) => decodePrice(price, currency, `${at}/prices/${i}`))
  const total = moneyOf(raw.total, currency, `${at}/total`)
  const sum = (part: (fare: PassengerFare) => number): Money =>
    money(
      passengers.reduce((all, fare) => all + part(fare) * fare.count, 0),
      currency,
    )
  if (sum(fare => fare.each.total.amountMinor).amountMinor !== total.amountMinor)
    throw new WireError('passengers do not pay the total', `${at}/total`)
  return {
    provider: 'acme',
    validatingCarrier: matching(raw.validatingCarrier, carrierForm, `${at}/validatingCarrier`),
    total,
    base: sum(fare => fare.each.base.amountMinor),
    taxes: sum(fare => fare.each.taxes.reduce((all, tax) => all + tax.amount.amountMinor, 0)),
    fees: money(0, currency),
    passengers,
    slices: decodeSlices(raw.slices, `${at}/slices`),
    conditions: {
      change: decodeCondition(raw.change, currency, `${at}/change`),
      refund: decodeCondition(raw.refund, currency, `${at}/refund`),
    },
    requirements: {
      ...nothingRequired,
      documents: flagOf(raw.documentsRequired, `${at}/documentsRequired`) ? 'required' : 'optional',
      birthDate: true,
      holdAllowed: flagOf(raw.holdAllowed, `${at}/holdAllowed`),
    },
    seatsLeft: countOf(raw.seatsLeft, `${at}/seatsLeft`),
    ticketBy: optionalText(raw.ticketBy),
    expiresAt: null,
    // given back as it came: what Acme needs to price and to book
    supplierContext: { key: textOf(raw.key, `${at}/key`) },
  }
}

function decodePrice(value: unknown, currency: string, at: string): PassengerFare {
  const raw = rawOf(value, at)
  const ids = listOf(raw.passengers, `${at}/passengers`).map(
    (id, i) => matching(id, /^pax_\w+$/, `${at}/passengers/${i}`) as PassengerId,
  )
  const base = moneyOf(raw.base, currency, `${at}/base`)
  const taxes = listOf(raw.taxes, `${at}/taxes`).map((tax, i): Charge => {
    const { code, amount } = rawOf(tax, `${at}/taxes/${i}`)
    return { code: textOf(code, `${at}/taxes/${i}`), amount: moneyOf(amount, currency, `${at}/taxes/${i}`) }
  })
  const total = money(taxes.reduce((sum, { amount }) => sum + amount.amountMinor, base.amountMinor), currency)
  if (ids.length === 0) throw new WireError('a price for nobody', at)
  return {
    ids,
    type: wordOf(raw.type, passengerTypes, `${at}/type`),
    count: ids.length,
    each: { base, taxes, fees: [], total },
  }
}

function decodeCondition(value: unknown, currency: string, at: string): Condition {
  const { allowed, fee } = rawOf(value, at)
  return { allowed: flagOf(allowed, `${at}/allowed`), fee: fee === null ? null : moneyOf(fee, currency, `${at}/fee`) }
}

export function encodeOffers(offers: readonly SupplierOffer[]): unknown {
  return { offers: offers.map(encodeOffer) }
}

function encodeOffer(offer: SupplierOffer): unknown {
  const condition = ({ allowed, fee }: Condition): unknown => ({ allowed, fee: fee && formatAmount(fee) })
  return {
    key: offer.supplierContext.key,
    validatingCarrier: offer.validatingCarrier,
    currency: offer.total.currency,
    total: formatAmount(offer.total),
    prices: offer.passengers.map(({ type, ids, each }) => ({
      type,
      passengers: ids,
      base: formatAmount(each.base),
      taxes: each.taxes.map(({ code, amount }) => ({ code, amount: formatAmount(amount) })),
    })),
    slices: encodeSlices(offer.slices),
    change: condition(offer.conditions.change),
    refund: condition(offer.conditions.refund),
    documentsRequired: offer.requirements.documents === 'required',
    holdAllowed: offer.requirements.holdAllowed,
    seatsLeft: offer.seatsLeft,
    ticketBy: offer.ticketBy,
  }
}
