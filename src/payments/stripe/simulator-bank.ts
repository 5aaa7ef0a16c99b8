import { type Clock, toInstant } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import { moneyJson } from '../../core/money.ts'
import { moneyOf } from './amount.ts'
import {
  answered,
  cancelled,
  captured,
  confirmed,
  type ErrorBody,
  invalid,
  missing,
  type Refusal,
  refunded,
  type SimulatedIntent,
} from './simulator-account.ts'
import { findCard } from './simulator-cards.ts'
import { type Form, listAt, textAt, wholeAt } from './simulator-form.ts'
import { disputeJson, errorJson, intentJson, methodJson, refundJson } from './simulator-objects.ts'

/** What Stripe knows and does, without HTTP and without idempotency keys (simulator-keys.ts). */
export type StripeBank = {
  create(form: Form): Done
  capture(id: string, form: Form): Done
  cancel(id: string, form: Form): Done
  refund(form: Form): Done
  /** The traveller approves or declines on the page of `next_action`. */
  complete(id: string, approve: boolean): 'done' | 'not-found' | 'not-waiting'
  retrieve(id: string, form: Form): Done
  list(form: Form): Done
  method(token: string): Done
  find(id: string): SimulatedIntent | undefined
  ledger(): readonly LedgerEntry[]
}

/** An answer, and how it goes out. */
export type Done = {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** Parameters that were refused before anything ran: not kept for the key. */
  readonly unkept?: boolean
  /** The connection breaks instead: what was asked has been done. */
  readonly lost?: boolean
  readonly delayMs?: number
}

export type LedgerEntry = {
  readonly id: string
  readonly paymentId: string
  readonly reference: string
  readonly kind: 'authorise' | 'capture' | 'void' | 'refund'
  readonly amount: { readonly amount: string; readonly currency: string }
  readonly at: string
}

/** One change as it is kept; everything in it happens together. */
export type BankChange = { readonly intent?: SimulatedIntent; readonly entry?: LedgerEntry }

export type Told = { readonly type: string; readonly object: Readonly<Record<string, unknown>> }

const idCharacters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export function openBank(options: {
  readonly past: readonly BankChange[]
  readonly keep: (change: BankChange) => void
  readonly tell: (news: Told) => void
  readonly clock: Clock
  readonly actionUrl: (id: string) => string
}): StripeBank {
  const { clock, actionUrl } = options
  /** Newest last. */
  const intents = new Map<string, SimulatedIntent>()
  const entries: LedgerEntry[] = []
  const apply = ({ intent, entry }: BankChange): void => {
    if (intent) intents.set(intent.id, intent)
    if (entry) entries.push(entry)
  }
  for (const change of options.past) apply(change)

  const commit = (intent: SimulatedIntent, moved?: { readonly kind: LedgerEntry['kind']; readonly amount: number }) => {
    const change = moved ? { intent, entry: entryOf(intent, moved, toInstant(clock.now())) } : { intent }
    options.keep(change)
    apply(change)
  }
  const show = (intent: SimulatedIntent, expand: readonly string[] = []) => intentJson(intent, { expand, actionUrl })
  const tell = (name: string, intent: SimulatedIntent) =>
    options.tell({ type: `payment_intent.${name}`, object: show(intent) })
  const refuse = ({ status, error }: Refusal, intent?: SimulatedIntent): Done => ({
    status,
    body: errorJson(error, intent ? show(intent) : null),
  })
  const settle = (intent: SimulatedIntent): Done => {
    const moved = intent.status === 'requires_capture' ? { kind: 'authorise', amount: intent.amount } : undefined
    commit(intent, moved as { kind: 'authorise'; amount: number } | undefined)
    tell('created', intent)
    switch (intent.status) {
      case 'requires_capture':
        tell('amount_capturable_updated', intent)
        break
      case 'requires_action':
        tell('requires_action', intent)
        break
      case 'requires_payment_method':
        tell('payment_failed', intent)
        return { status: 402, body: errorJson(cardError(intent), show(intent)) }
    }
    return { status: 200, body: show(intent) }
  }

  return {
    create(form) {
      const asked = readCreate(form)
      if ('error' in asked) return { ...refuse(asked), unkept: true }
      const card = findCard(asked.token)
      if (!card) return refuse({ ...missing('PaymentMethod', asked.token), error: noMethod(asked.token) })
      if (card.behaviour.kind === 'breaks')
        return { status: 500, body: { error: { type: 'api_error', message: 'An unknown error occurred.' } } }
      const fresh = { ...asked, id: `pi_${randomText(24, idCharacters)}`, createdMs: clock.now() }
      const done = settle(confirmed(fresh, card.behaviour, `ch_${randomText(24, idCharacters)}`))
      const lost = card.behaviour.kind === 'works' && card.behaviour.loses === 'authorise'
      const delayMs = card.behaviour.kind === 'slow' ? card.behaviour.ms : 0
      return { ...done, lost, delayMs }
    },

    capture(id, form) {
      const intent = intents.get(id)
      if (!intent) return refuse(missing('payment_intent', id))
      const amount = wholeAt(form, 'amount_to_capture') ?? intent.amount
      const after = captured(intent, amount)
      if ('error' in after) return refuse(after, intent)
      commit(after, { kind: 'capture', amount })
      tell('succeeded', after)
      const behaviour = findCard(intent.token)?.behaviour
      if (behaviour?.kind === 'works' && behaviour.disputed)
        options.tell({ type: 'charge.dispute.created', object: disputeJson(after, clock.now()) })
      return { status: 200, body: show(after), lost: behaviour?.kind === 'works' && behaviour.loses === 'capture' }
    },

    cancel(id) {
      const intent = intents.get(id)
      if (!intent) return refuse(missing('payment_intent', id))
      const after = cancelled(intent)
      if ('error' in after) return refuse(after, intent)
      // what was never authorised moves no money
      commit(after, intent.status === 'requires_capture' ? { kind: 'void', amount: intent.amount } : undefined)
      tell('canceled', after)
      return { status: 200, body: show(after) }
    },

    refund(form) {
      const intentId = textAt(form, 'payment_intent') ?? ''
      const intent = intents.get(intentId)
      if (!intent) return refuse(missing('payment_intent', intentId))
      const amount = wholeAt(form, 'amount') ?? intent.received - intent.refunded
      const after = refunded(intent, amount)
      if ('error' in after) return refuse(after)
      commit(after, { kind: 'refund', amount })
      const made = { id: `re_${randomText(24, idCharacters)}`, amount, atMs: clock.now(), metadata: metadataOf(form) }
      const refund = refundJson(after, made)
      options.tell({ type: 'refund.created', object: refund })
      const behaviour = findCard(intent.token)?.behaviour
      const lost = behaviour?.kind === 'works' && behaviour.loses === 'refund' && after.refunds === 1
      return { status: 200, body: refund, lost }
    },

    complete(id, approve) {
      const intent = intents.get(id)
      if (!intent) return 'not-found'
      if (intent.status !== 'requires_action') return 'not-waiting'
      const after = answered(intent, approve, `ch_${randomText(24, idCharacters)}`)
      commit(after, approve ? { kind: 'authorise', amount: after.amount } : undefined)
      tell(approve ? 'amount_capturable_updated' : 'payment_failed', after)
      return 'done'
    },

    retrieve(id, form) {
      const intent = intents.get(id)
      return intent
        ? { status: 200, body: show(intent, listAt(form, 'expand')) }
        : refuse(missing('payment_intent', id))
    },

    list(form) {
      const limit = Math.min(100, Math.max(1, wholeAt(form, 'limit') ?? 10))
      const after = textAt(form, 'starting_after')
      const from = (wholeAt(form, 'created', 'gte') ?? 0) * 1000
      const to = (wholeAt(form, 'created', 'lte') ?? Number.MAX_SAFE_INTEGER / 1000) * 1000 + 999
      const all = [...intents.values()].reverse().filter(one => one.createdMs >= from && one.createdMs <= to)
      const start = after === undefined ? 0 : all.findIndex(one => one.id === after) + 1
      if (after !== undefined && start === 0) return refuse(missing('payment_intent', after))
      const page = all.slice(start, start + limit).map(intent => show(intent, listAt(form, 'expand')))
      const hasMore = start + limit < all.length
      return { status: 200, body: { object: 'list', data: page, has_more: hasMore, url: '/v1/payment_intents' } }
    },

    method: token =>
      findCard(token) ? { status: 200, body: methodJson(token) } : refuse(missing('PaymentMethod', token)),
    find: id => intents.get(id),
    ledger: () => entries,
  }
}

function entryOf(
  intent: SimulatedIntent,
  { kind, amount }: { readonly kind: LedgerEntry['kind']; readonly amount: number },
  at: string,
): LedgerEntry {
  const money = moneyOf(amount, intent.currency)!
  const id = `txn_${randomText(24, idCharacters)}`
  return { id, paymentId: intent.id, reference: intent.metadata.paymentId ?? '', kind, amount: moneyJson(money), at }
}

type Asked = Omit<SimulatedIntent, 'id' | 'createdMs'>

function readCreate(form: Form): Asked | Refusal {
  const amount = wholeAt(form, 'amount')
  const currency = textAt(form, 'currency') ?? ''
  const token = textAt(form, 'payment_method')
  if (!amount) return invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (!/^[a-z]{3}$/.test(currency)) return invalid('Invalid currency', { param: 'currency' })
  const money = moneyOf(amount, currency)
  if (!money || (['bhd', 'jod', 'kwd', 'omr', 'tnd'].includes(currency) && amount % 10 !== 0))
    return invalid('The amount does not fit the currency', { param: 'amount' })
  if (amount > 99_999_999)
    return invalid('Amount must be no more than 8 digits', { code: 'amount_too_large', param: 'amount' })
  if (textAt(form, 'capture_method') !== 'manual' || textAt(form, 'confirm') !== 'true' || !token)
    return invalid('The simulator knows payment intents that are confirmed at once and captured later', {
      param: 'capture_method',
    })
  return {
    chargeId: null,
    status: 'requires_payment_method',
    amount,
    received: 0,
    refunded: 0,
    currency,
    token,
    description: textAt(form, 'description') ?? null,
    returnUrl: textAt(form, 'return_url') ?? null,
    metadata: metadataOf(form),
    lastError: null,
    refunds: 0,
  }
}

function metadataOf({ metadata }: Form): Readonly<Record<string, string>> {
  if (typeof metadata !== 'object' || Array.isArray(metadata)) return {}
  return Object.fromEntries(
    Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function noMethod(token: string): ErrorBody {
  const message = `No such PaymentMethod: '${token}'`
  return { type: 'invalid_request_error', code: 'resource_missing', message, param: 'payment_method' }
}

function cardError({ lastError }: SimulatedIntent): ErrorBody {
  const { code, declineCode, message } = lastError!
  return { type: 'card_error', code, message, ...(declineCode === null ? {} : { decline_code: declineCode }) }
}
