import { toInstant } from '../core/clock.ts'
import { fault } from '../core/fault.ts'
import type { Call, Provider, SupplierCancellationQuote } from '../providers/port.ts'
import { type BookedOrder, type Booking, findQuote } from './booking.ts'
import { orderKey } from './order-key.ts'
import type { PrivateData } from './private-data.ts'
import type { CancelledOutcome } from './report.ts'

const forgotten = fault('refused', 'The personal data of this booking were deleted.')

type Cancelled = { readonly booking: Booking; readonly order: BookedOrder; readonly secrets: PrivateData }

/** For an undo whatever the supplier gives back; for a cancellation what was quoted to the traveller. */
export async function cancelAtSupplier(
  { booking, order, secrets }: Cancelled,
  provider: Provider,
  call: Call,
): Promise<CancelledOutcome> {
  const key = orderKey(order, secrets)
  const accepted = booking.goal.kind === 'cancel' ? findQuote(booking, booking.goal.quoteId) : undefined
  if (accepted) {
    const supplierContext = secrets.contexts[accepted.id]
    // without it some passengers would be asked for as all
    if (!supplierContext) return { kind: 'refused', fault: forgotten }
    const quote: SupplierCancellationQuote = {
      kind: accepted.kind,
      refund: accepted.supplierRefund,
      penalty: accepted.supplierPenalty,
      expiresAt: toInstant(accepted.expiresAt),
      supplierContext,
    }
    const { passengerIds } = accepted
    return provider.cancelOrder({ order: key, quote, ...(passengerIds ? { passengerIds } : {}) }, call)
  }
  const quoted = await provider.quoteCancellation(key, call)
  switch (quoted.kind) {
    case 'quoted':
      return provider.cancelOrder({ order: key, quote: quoted.quote }, call)
    case 'refused':
      return quoted
    case 'failed':
      // a question only: nothing was done
      return { kind: 'refused', fault: { ...quoted.fault, mayHaveBooked: false } }
  }
}
