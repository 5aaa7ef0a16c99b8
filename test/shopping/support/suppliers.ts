import { type FaultKind, fault } from '../../../src/core/fault.ts'
import { passengerTypes } from '../../../src/core/itinerary.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type {
  Call,
  Capabilities,
  ConfirmOutcome,
  Provider,
  ShopOutcome,
  ShopQuery,
} from '../../../src/providers/port.ts'

/** A supplier behind our port that answers as it is told. */
export type FakeSupplier = Provider & { readonly asked: ShopQuery[]; answer: Answer; confirm: Confirm }
export type Answer = (query: ShopQuery, call: Call) => Promise<ShopOutcome>
export type Confirm = (offer: SupplierOffer, call: Call) => Promise<ConfirmOutcome>

export const fullCapabilities: Capabilities = {
  hold: true,
  ticketing: 'separate',
  ticketHeld: true,
  release: true,
  void: true,
  refund: true,
  findByReference: true,
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes,
  accountCodes: true,
  settleMs: 0,
  notes: [],
}

export function fakeSupplier(
  code: string,
  offers: readonly SupplierOffer[] | Answer = [],
  capabilities: Partial<Capabilities> = {},
): FakeSupplier {
  const asked: ShopQuery[] = []
  const unused = (): Promise<never> => Promise.reject(new Error('not part of shopping'))
  const supplier: FakeSupplier = {
    code,
    asked,
    capabilities: { ...fullCapabilities, ...capabilities },
    answer: typeof offers === 'function' ? offers : async () => found(offers),
    confirm: async offer => ({ kind: 'confirmed', offer }),
    shop(query, call) {
      asked.push(query)
      return supplier.answer(query, call)
    },
    confirmPrice: ({ offer }, call) => supplier.confirm(offer, call),
    createOrder: unused,
    retrieveOrder: unused,
    findOrders: unused,
    issueTickets: unused,
    quoteCancellation: unused,
    cancelOrder: unused,
    close: async () => {},
  }
  return supplier
}

export function found(offers: readonly SupplierOffer[], partial = false): ShopOutcome {
  return { kind: 'offers', offers, partial, warnings: [] }
}

export function failing(kind: FaultKind): Answer {
  return async () => ({ kind: 'failed', fault: fault(kind, `it is ${kind}`) })
}

/** Never answers, whatever the deadline says. */
export const silent: Answer = () => new Promise(() => {})
