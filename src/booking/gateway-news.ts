import type { RequestContext } from '../core/context.ts'
import { startDeadline } from '../core/deadline.ts'
import { ProblemError } from '../core/problem.ts'
import type { GatewayLetter, GatewayNews, PaymentGateway } from '../payments/port.ts'
import { askGateway } from './ask-gateway.ts'
import { getPayment } from './booking.ts'
import { VersionConflict } from './booking-store.ts'
import type { BookingEvent } from './events.ts'
import type { Desk } from './parts.ts'
import { type Held, load, run, startFrom } from './runner.ts'

/** What payment gateways send unasked. A payment's news make its booking ask and go on at once, behind the answer to the gateway:
 *  should this process end before, the booking asks by itself a little later. A dispute is written down before it is answered. */
export type GatewayNewsDesk = {
  /** Throws `not-found` where there is no such gateway, `validation` where it was not the gateway that wrote (400),
   *  or nobody understands what (422). */
  take(gateway: string, letter: GatewayLetter, requestId: string): Promise<void>
  /** Resolves when nothing is under way. */
  close(): Promise<void>
}

/** Gateways send an event again for three days at most. */
export const newsKeptMs = 7 * 24 * 3_600_000
const conflictsMax = 5

export function openNewsDesk(desk: Desk): GatewayNewsDesk {
  const { store, outside, log, metrics } = desk.tools
  const underWay = new Set<Promise<unknown>>()
  const behind = (work: Promise<unknown>): void => {
    const noted = work
      .catch((error: unknown) => log.warn({ err: error }, 'news of a payment could not be followed'))
      .finally(() => underWay.delete(noted))
    underWay.add(noted)
  }

  return {
    async take(code, letter, requestId) {
      const gateway = [outside.gateway, ...(outside.otherGateways ?? [])].find(one => one.code === code)
      if (!gateway?.readNews) throw new ProblemError('not-found', 'There is no such payment gateway here.')
      const read = gateway.readNews(letter)
      const kind = read.kind === 'news' ? read.about.kind : read.kind
      metrics.count('fareloom_gateway_news_total', { gateway: code, kind })
      if (read.kind === 'refused') throw new ProblemError('validation', read.reason, { status: 400 })
      if (read.kind === 'unreadable') throw new ProblemError('validation', read.reason)
      const name = { gateway: code, id: read.id }
      if (read.about.kind === 'other' || (await store.hasNews(name))) return
      const context = await contextOf(desk, gateway, read.about, requestId)
      if (!context) log.info({ gateway: code, event: read.id }, 'news of a payment that is not ours')
      else if (read.about.kind === 'dispute') await noteDispute(desk, context, read.about)
      else behind(follow(desk, context))
      await store.noteNews(name, letter.receivedAt)
    },
    async close() {
      await Promise.all(underWay)
    },
  }
}

type NewsContext = RequestContext & {
  readonly bookingId: `bkg_${string}`
  readonly paymentId: `pay_${string}`
  readonly actor: string
}

async function contextOf(
  { tools: { store } }: Desk,
  { code }: PaymentGateway,
  about: Exclude<GatewayNews, { readonly kind: 'other' }>,
  requestId: string,
): Promise<NewsContext | undefined> {
  const at = about.kind === 'payment' ? { paymentId: about.paymentId } : { gatewayPaymentId: about.gatewayPaymentId }
  const found = await store.findPayment({ gateway: code, ...at })
  return found && { ...found, requestId, traceparent: null, actor: `gateway:${code}` }
}

async function follow(desk: Desk, context: NewsContext): Promise<void> {
  const held = await load(desk.tools, context.tenant, context.bookingId)
  if (held) await askGateway(desk, held, context)
}

/** A person answers it; the money is the gateway's affair until then. */
async function noteDispute(
  desk: Desk,
  context: NewsContext,
  about: Extract<GatewayNews, { readonly kind: 'dispute' }>,
): Promise<void> {
  const deadline = startDeadline(desk.tools.outside.clock, desk.limits.deadlineMs)
  const { actor, requestId } = context
  const how = { deadline, actor, requestId, traceparent: null, key: null, answer: null }
  try {
    for (let conflicts = 1; ; conflicts++) {
      const held = await load(desk.tools, context.tenant, context.bookingId)
      const events = held ? disputeEvents(held, context.paymentId, about, desk.tools.outside.clock.now()) : []
      if (!held || events.length === 0) return
      try {
        await run(startFrom(held, events), desk.tools, how)
        return
      } catch (error) {
        if (!(error instanceof VersionConflict) || conflicts >= conflictsMax) throw error
      }
    }
  } finally {
    deadline.dispose()
  }
}

function disputeEvents(
  { booking }: Held,
  paymentId: `pay_${string}`,
  { disputeId, status, reason, amount }: Extract<GatewayNews, { readonly kind: 'dispute' }>,
  at: number,
): readonly BookingEvent[] {
  const known = getPayment(booking, paymentId).disputes?.find(dispute => dispute.id === disputeId)
  // events may come twice, and the end of a dispute before its beginning
  if (known && (known.status === status || status === 'opened')) return []
  return [{ kind: 'payment-disputed', paymentId, dispute: { id: disputeId, status, reason, amount, at } }]
}
