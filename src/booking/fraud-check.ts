import { isIP } from 'node:net'
import type { RequestContext } from '../core/context.ts'
import type { Deadline } from '../core/deadline.ts'
import { fault } from '../core/fault.ts'
import { newId } from '../core/ids.ts'
import type { StoredOffer } from '../shopping/port.ts'
import type { Booking, PaymentRisk } from './booking.ts'
import { paymentFailed } from './decide-payment.ts'
import type { BookingEvent } from './events.ts'
import { evolve } from './evolve.ts'
import { type FraudFacts, scorePayment } from './fraud-score.ts'
import type { Desk } from './parts.ts'

/** Before any money moves: what is known of a payment is scored, and the score stands with it. The card and the address are
 *  remembered for a week as keyed hashes, to count by. */
export type Suspect = {
  readonly methodToken: string
  /** As the front end knows them. */
  readonly payer: { readonly name?: string | undefined; readonly address?: string | undefined } | undefined
  readonly amount: StoredOffer['offer']['total']
  readonly departsAt: number
  readonly isOneWay: boolean
  readonly surnames: readonly string[]
  readonly deadline: Deadline
  readonly context: RequestContext
}

/** Week-old sightings count for no rule. */
export const sightingsKeptMs = 7 * 24 * 3_600_000
const identifyMinMs = 2_000
const hourMs = 3_600_000

/** Null where there are no rules. */
export async function assessPayment(desk: Desk, suspect: Suspect): Promise<PaymentRisk | null> {
  const { fraud } = desk
  if (!fraud) return null
  const { clock } = desk.tools.outside
  const method = await identify(desk, suspect)
  const [cardUses, addressUses] = await uses(desk, suspect, method.fingerprint)
  const facts: FraudFacts = {
    cardUses,
    addressUses,
    amount: suspect.amount,
    hoursToDeparture: (suspect.departsAt - clock.now()) / hourMs,
    isOneWay: suspect.isOneWay,
    payerName: suspect.payer?.name ?? method.holderName,
    surnames: suspect.surnames,
  }
  const scored = scorePayment(facts, fraud.rules, fraud.convert)
  desk.tools.metrics.count('fareloom_fraud_verdicts_total', { verdict: scored.verdict })
  return { ...scored, id: newId('rsk'), at: clock.now(), reviewed: null }
}

/** A gateway that does not say in time costs no booking: its own checks stand behind ours. */
async function identify(
  { tools }: Desk,
  { methodToken, deadline, context }: Suspect,
): Promise<{ readonly fingerprint: string | null; readonly holderName: string | null }> {
  const { gateway } = tools.outside
  const nothing = { fingerprint: null, holderName: null }
  if (!gateway.identify || deadline.remainingMs() < identifyMinMs) return nothing
  const { requestId, traceparent } = context
  const outcome = await gateway.identify(methodToken, { deadline, requestId, traceparent })
  return outcome.kind === 'identified' ? outcome : nothing
}

async function uses(
  { vault, tools, fraud }: Desk,
  { payer, context }: Suspect,
  fingerprint: string | null,
): Promise<readonly [card: number | null, address: number | null]> {
  const seen = {
    'card-velocity': fingerprint,
    'address-velocity': publicAddress(payer?.address ?? context.client),
  } as const
  const named = (fraud?.rules.rules ?? []).flatMap(rule => {
    if (rule.name !== 'card-velocity' && rule.name !== 'address-velocity') return []
    const what = seen[rule.name]
    if (what === null) return []
    const hash = vault.sightingHash(context.tenant, rule.name, what)
    return [{ name: rule.name, sighting: { hash, withinMs: rule.withinMinutes * 60_000, countMax: rule.over } }]
  })
  if (named.length === 0) return [null, null]
  const now = tools.outside.clock.now()
  const counts = await tools.store.noteSightings(
    context.tenant,
    named.map(({ sighting }) => sighting),
    now,
  )
  const countOf = (name: keyof typeof seen): number | null => counts[named.findIndex(one => one.name === name)] ?? null
  return [countOf('card-velocity'), countOf('address-velocity')]
}

/** An address, or an IPv6 network as `a:b:c:d::/64`; null for a key, and for what is no address of the internet: behind a proxy
 *  that nobody named, all have the same. */
function publicAddress(text: string | undefined): string | null {
  if (text === undefined || isIP(text.replace('/64', '')) === 0) return null
  const isPrivate =
    /^(0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^(0:0:0:0|::1?$|f[cd]|fe[89ab])/i.test(text)
  return isPrivate ? null : text
}

const suspicious = fault('payment-declined', 'The payment was declined.', { code: 'fraud-score' })

/** Of a booking that has this payment: the score, and where it blocks the end of the payment. */
export function riskEvents(
  booking: Booking,
  paymentId: `pay_${string}`,
  risk: PaymentRisk | null,
): readonly BookingEvent[] {
  if (!risk) return []
  const scored: BookingEvent = { kind: 'payment-scored', paymentId, risk }
  if (risk.verdict !== 'block') return [scored]
  return [scored, ...paymentFailed(evolve(booking, scored), { id: paymentId }, suspicious)]
}
