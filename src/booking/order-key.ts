import type { OrderKey } from '../providers/port.ts'
import type { BookedOrder } from './booking.ts'
import type { PrivateData } from './private-data.ts'

/** What a supplier needs to be asked about an order. */
export function orderKey(order: BookedOrder, secrets: PrivateData): OrderKey {
  return {
    locator: order.locators[0]?.locator ?? '',
    supplierContext: secrets.contexts[order.id] ?? {},
    travellers: secrets.party?.travellers ?? [],
  }
}
