import { type Money, moneyJson } from '../core/money.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { SupplierOrder } from '../core/order.ts'
import type { DecodedMessage } from './port.ts'

/** `fareloom decode`: a decoded message as the public JSON of an offer and an order (amounts as the supplier gave them). */
export function decodeReport(provider: string, decoded: DecodedMessage): Readonly<Record<string, unknown>> {
  return {
    provider,
    message: decoded.message,
    version: decoded.version,
    offers: decoded.offers.map(offerReport),
    order: decoded.order && orderReport(decoded.order),
    seatMaps: decoded.seatMaps && publicJson(decoded.seatMaps),
    faults: decoded.faults.map(({ code, kind, mayHaveBooked, text }) => ({ code, kind, mayHaveBooked, text })),
    warnings: decoded.warnings,
  }
}

function offerReport({ supplierContext: _, base, taxes, fees, ...offer }: SupplierOffer): unknown {
  const price = { base, taxes, fees, total: offer.total, supplierTotal: offer.total, rate: null }
  return publicJson({ ...offer, price })
}

function orderReport({ supplierContext: _, locators, ...order }: SupplierOrder): unknown {
  return publicJson({ recordLocators: locators, ...order })
}

/** Money as decimal strings, everywhere in a tree of plain values. */
function publicJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publicJson)
  if (typeof value !== 'object' || value === null) return value
  if (isMoney(value)) return moneyJson(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, publicJson(item)]))
}

function isMoney(value: object): value is Money {
  return 'amountMinor' in value && 'currency' in value
}
