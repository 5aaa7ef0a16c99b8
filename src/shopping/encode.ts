import type { OfferId, SearchId } from '../core/ids.ts'
import { formatAmount, type Money, type MoneyJson, moneyJson } from '../core/money.ts'
import type { Charge, Condition, Conditions, PassengerFare } from '../core/offer.ts'
import type { Offer } from './port.ts'
import type { Label } from './rank/labels.ts'

/** JSON: api.md "Offer". */
export type OfferJson = Readonly<Record<string, unknown>> & { readonly id: OfferId; readonly searchId: SearchId }

export function offerJson(offer: Offer, labels: readonly Label[] = []): OfferJson {
  return {
    id: offer.id,
    searchId: offer.searchId,
    replaces: offer.replaces,
    provider: offer.provider,
    validatingCarrier: offer.validatingCarrier,
    labels,
    total: moneyJson(offer.total),
    price: priceJson(offer.price),
    passengers: passengersJson(offer.passengers),
    slices: offer.slices,
    conditions: conditionsJson(offer.conditions),
    requirements: offer.requirements,
    seatsLeft: offer.seatsLeft,
    ticketBy: offer.ticketBy,
    expiresAt: offer.expiresAt,
    alternatives: offer.alternatives.map(({ offerId, provider, total }) => ({
      offerId,
      provider,
      total: moneyJson(total),
    })),
  }
}

/** The bytes of one offer. Money is written by hand: half of the time went into objects made only to be written. */
export function encodeOffer(offer: Offer, labels: readonly Label[]): Buffer<ArrayBuffer> {
  const text =
    `{"id":"${offer.id}","searchId":"${offer.searchId}","replaces":${JSON.stringify(offer.replaces)}` +
    `,"provider":${JSON.stringify(offer.provider)},"validatingCarrier":${JSON.stringify(offer.validatingCarrier)}` +
    `,"labels":${JSON.stringify(labels)},"total":${moneyText(offer.total)},"price":${priceText(offer.price)}` +
    `,"passengers":[${offer.passengers.map(passengerText).join()}],"slices":${JSON.stringify(offer.slices)}` +
    `,"conditions":${JSON.stringify(conditionsJson(offer.conditions))}` +
    `,"requirements":${JSON.stringify(offer.requirements)},"seatsLeft":${offer.seatsLeft}` +
    `,"ticketBy":${JSON.stringify(offer.ticketBy)},"expiresAt":${JSON.stringify(offer.expiresAt)}` +
    `,"alternatives":[${offer.alternatives.map(alternativeText).join()}]}`
  return Buffer.from(text)
}

function priceJson(price: Offer['price']): Readonly<Record<string, unknown>> {
  return {
    base: moneyJson(price.base),
    taxes: moneyJson(price.taxes),
    fees: moneyJson(price.fees),
    total: moneyJson(price.total),
    supplierTotal: moneyJson(price.supplierTotal),
    rate: price.rate,
  }
}

function passengersJson(passengers: readonly PassengerFare[]): readonly Readonly<Record<string, unknown>>[] {
  return passengers.map(({ ids, type, count, each }) => ({
    ids,
    type,
    count,
    each: {
      base: moneyJson(each.base),
      taxes: each.taxes.map(chargeJson),
      fees: each.fees.map(chargeJson),
      total: moneyJson(each.total),
    },
  }))
}

function conditionsJson({ change, refund }: Conditions): Readonly<Record<'change' | 'refund', unknown>> {
  return { change: conditionJson(change), refund: conditionJson(refund) }
}

function conditionJson({ allowed, fee }: Condition): { readonly allowed: boolean | null; readonly fee: unknown } {
  return { allowed, fee: fee && moneyJson(fee) }
}

function chargeJson({ code, amount }: Charge): { readonly code: string; readonly amount: MoneyJson } {
  return { code, amount: moneyJson(amount) }
}

/** Currency codes were known to the rates before they came here: letters only. */
function moneyText(m: Money): string {
  return `{"amount":"${formatAmount(m)}","currency":"${m.currency}"}`
}

function priceText({ base, taxes, fees, total, supplierTotal, rate }: Offer['price']): string {
  return (
    `{"base":${moneyText(base)},"taxes":${moneyText(taxes)},"fees":${moneyText(fees)},"total":${moneyText(total)}` +
    `,"supplierTotal":${moneyText(supplierTotal)},"rate":${JSON.stringify(rate)}}`
  )
}

function passengerText({ ids, type, count, each }: PassengerFare): string {
  return (
    `{"ids":${JSON.stringify(ids)},"type":"${type}","count":${count},"each":{"base":${moneyText(each.base)}` +
    `,"taxes":[${each.taxes.map(chargeText).join()}],"fees":[${each.fees.map(chargeText).join()}]` +
    `,"total":${moneyText(each.total)}}}`
  )
}

function chargeText({ code, amount }: Charge): string {
  return `{"code":${JSON.stringify(code)},"amount":${moneyText(amount)}}`
}

function alternativeText({ offerId, provider, total }: Offer['alternatives'][number]): string {
  return `{"offerId":"${offerId}","provider":${JSON.stringify(provider)},"total":${moneyText(total)}}`
}
