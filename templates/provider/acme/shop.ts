import { type Fault, fault } from 'fareloom/core/fault.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import type { Call, ConfirmOutcome, ConfirmRequest, ShopOutcome, ShopQuery } from 'fareloom/providers/port.ts'
import type { AcmeClient } from './client.ts'
import { decodeOffers } from './wire/offer.ts'
import { encodeSearch } from './wire/search.ts'

export async function shop(client: AcmeClient, query: ShopQuery, call: Call): Promise<ShopOutcome> {
  const answer = await client.ask({ method: 'POST', path: '/search', body: encodeSearch(query) }, call)
  if (answer.kind === 'failed') return { kind: 'failed', fault: harmless(answer.fault) }
  const reply = understood(() => decodeOffers(answer.root))
  if ('fault' in reply) return { kind: 'failed', fault: harmless(reply.fault) }
  const { offers, warnings } = reply.value
  return { kind: 'offers', offers, partial: warnings.length > 0, warnings }
}

export async function confirmPrice(client: AcmeClient, { offer }: ConfirmRequest, call: Call): Promise<ConfirmOutcome> {
  const answer = await client.ask({ method: 'POST', path: '/price', body: { key: offer.supplierContext.key } }, call)
  if (answer.kind === 'failed') {
    const { kind } = answer.fault
    return { kind: kind === 'offer-gone' || kind === 'sold-out' ? 'gone' : 'failed', fault: harmless(answer.fault) }
  }
  const reply = understood(() => decodeOffers(answer.root))
  if ('fault' in reply) return { kind: 'failed', fault: harmless(reply.fault) }
  const [confirmed] = reply.value.offers
  if (confirmed) return { kind: 'confirmed', offer: confirmed }
  return { kind: 'failed', fault: fault('malformed-reply', reply.value.warnings[0]?.text ?? 'Acme sent no offer') }
}

/** A search or a price leaves nothing behind, whatever becomes of its answer. */
function harmless(lost: Fault): Fault {
  return { ...lost, mayHaveBooked: false }
}

export function understood<T>(read: () => T): { readonly value: T } | { readonly fault: Fault } {
  try {
    return { value: read() }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { fault: fault('malformed-reply', `Acme sent ${error.message}`, { mayHaveBooked: true }) }
  }
}
