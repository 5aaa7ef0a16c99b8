import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { readPrice, type WirePrice } from './prices.ts'
import { readBooking, readItem, type WireBooking, type WireItem } from './read-item.ts'
import { addRefs, eachChild, textOf, wordOf } from './xml.ts'

export type WireOrder = {
  readonly id: string
  readonly owner: string | null
  readonly status: string | null
  readonly bookings: readonly WireBooking[]
  readonly items: readonly WireItem[]
  readonly total: WirePrice | null
  readonly payBy: readonly string[]
}

export function readOrder(x: XmlScanner): WireOrder {
  let id = x.attribute('OrderID') ?? ''
  let owner: string | null = x.attribute('Owner') ?? null
  let status: string | null = null
  let total: WirePrice | null = null
  const bookings: WireBooking[] = []
  const items: WireItem[] = []
  const payBy: string[] = []
  const visit = (name: string): void => {
    switch (name) {
      case 'OrderID':
        id = textOf(x)
        break
      case 'OwnerCode':
        owner = wordOf(x)
        break
      case 'StatusCode':
        status = wordOf(x)
        break
      case 'BookingRef':
        bookings.push(readBooking(x))
        break
      case 'OrderItem':
        items.push(readItem(x))
        break
      case 'OrderItems':
      case 'BookingReferences':
        eachChild(x, visit)
        break
      case 'BookingReference':
        bookings.push(readBooking(x))
        break
      case 'TotalPrice':
      case 'TotalOrderPrice':
        total = readPrice(x)
        break
      case 'PaymentTimeLimitDateTime':
        addRefs(x, payBy)
        break
      default:
    }
  }
  eachChild(x, visit)
  return { id, owner, status, bookings, items, total, payBy }
}

/** `TicketDocInfo`: the documents of one passenger. */
export type WireDocument = {
  readonly passengerRef: string | null
  readonly number: string
  /** `T` ticket, `J` and `Y` EMDs. */
  readonly type: string
  /** As on the wire, one a coupon. */
  readonly coupons: readonly string[]
}

export function readDocuments(x: XmlScanner, documents: WireDocument[]): void {
  const passengerRefs: string[] = []
  const found: Omit<WireDocument, 'passengerRef'>[] = []
  eachChild(x, name => {
    if (name === 'PaxRefID' || name === 'PassengerReference') addRefs(x, passengerRefs)
    else if (name === 'Ticket' || name === 'TicketDocument') found.push(readDocument(x))
  })
  for (const document of found) documents.push({ passengerRef: passengerRefs[0] ?? null, ...document })
}

function readDocument(x: XmlScanner): Omit<WireDocument, 'passengerRef'> {
  let number = ''
  let type = 'T'
  const coupons: string[] = []
  eachChild(x, name => {
    if (name === 'TicketNumber' || name === 'TicketDocNbr') number = textOf(x)
    else if (name === 'TicketDocTypeCode') type = textOf(x)
    else if (name === 'Type')
      eachChild(x, child => {
        if (child === 'Code') type = textOf(x)
      })
    else if (name === 'Coupon' || name === 'CouponInfo') readCoupon(x, coupons)
  })
  return { number, type, coupons }
}

function readCoupon(x: XmlScanner, coupons: string[]): void {
  eachChild(x, name => {
    if (name === 'CouponStatusCode') coupons.push(textOf(x))
    else if (name === 'Status')
      eachChild(x, child => {
        if (child === 'Code') coupons.push(textOf(x))
      })
  })
}
