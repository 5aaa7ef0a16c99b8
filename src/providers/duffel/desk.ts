import type { Clock } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierContext } from '../../core/offer.ts'
import type { DuffelClient } from './client.ts'
import type { PassengerIds } from './wire/passengers.ts'
import type { PaymentType } from './wire/payment.ts'
import { isObject, textOf, Unreadable } from './wire/read.ts'
import { WireError } from '../../core/wire-error.ts'

/** What every operation works with. */
export type Desk = {
  readonly client: DuffelClient
  readonly clock: Clock
  readonly paymentType: PaymentType
  readonly ordered: OrderedOffers
}

/** Offers live for half an hour. */
const orderedMax = 10_000

/** Offers that this process has sent an order for: each can be ordered once. */
export class OrderedOffers {
  private readonly ids = new Set<string>()

  has(offerId: string): boolean {
    return this.ids.has(offerId)
  }

  add(offerId: string): void {
    if (this.ids.size >= orderedMax) {
      const [oldest] = this.ids
      this.ids.delete(oldest!)
    }
    this.ids.add(offerId)
  }
}

/** What was kept in a supplierContext, which another process may have stored. */
export function passengersIn(context: SupplierContext): PassengerIds {
  const { passengers } = context
  return isObject(passengers) ? (passengers as PassengerIds) : {}
}

export function idIn(context: SupplierContext, name: 'offerId' | 'orderId' | 'cancellationId'): string | null {
  return textOf(context[name])
}

/** Reads a good answer's body; one that cannot be read is a fault. */
export function readReply<T>(read: () => T): { readonly value: T } | { readonly fault: Fault } {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof Unreadable || error instanceof WireError) {
      return { fault: fault('malformed-reply', `Duffel sent ${error.message} at ${error.at}`, { mayHaveBooked: true }) }
    }
    throw error
  }
}

/** For a question that changes nothing. */
export function harmless(lost: Fault): Fault {
  return lost.mayHaveBooked ? { ...lost, mayHaveBooked: false } : lost
}
