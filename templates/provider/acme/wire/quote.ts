import { formatAmount } from 'fareloom/core/money.ts'
import type { CancellationKind, SupplierCancellationQuote } from 'fareloom/providers/port.ts'
import { currencyForm, matching, moneyOf, optionalText, rawOf, wordOf } from './read.ts'

const kinds: readonly CancellationKind[] = ['void', 'refund', 'release']

/** `GET /orders/…/cancellation`: what giving the order back would bring now. */
export function decodeQuote(root: unknown): SupplierCancellationQuote {
  const raw = rawOf(rawOf(root, '').cancellation, '/cancellation')
  const currency = matching(raw.currency, currencyForm, '/cancellation/currency')
  return {
    kind: wordOf(raw.kind, kinds, '/cancellation/kind'),
    refund: moneyOf(raw.refund, currency, '/cancellation/refund'),
    penalty: moneyOf(raw.penalty, currency, '/cancellation/penalty'),
    expiresAt: optionalText(raw.expiresAt),
    supplierContext: {},
  }
}

export function encodeQuote({ kind, refund, penalty, expiresAt }: Omit<SupplierCancellationQuote, 'supplierContext'>): unknown {
  return {
    cancellation: {
      kind,
      currency: refund.currency,
      refund: formatAmount(refund),
      penalty: formatAmount(penalty),
      expiresAt,
    },
  }
}
