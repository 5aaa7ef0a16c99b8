import { type Clock, toInstant } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import { moneyJson } from '../../core/money.ts'
import { losesAnswer, type TokenEffect, testTokens } from './simulator-tokens.ts'
import type { AmountBody, AuthoriseBody, EntryBody, EntryKind, PaymentBody, WireStatus } from './wire.ts'

/** The other side of the card: payments, their ledger, and the answers given to idempotency keys. Knows no HTTP. */
export type Bank = {
  authorise(body: AuthoriseBody, key: string): BankReply
  move(id: string, kind: 'capture' | 'void' | 'refund', amount: AmountBody | null, key: string): BankReply
  /** The traveller approves or declines on the page that `nextAction.url` names. */
  complete(id: string, approve: boolean): 'done' | 'not-found' | 'not-waiting'
  find(reference: string): readonly PaymentBody[]
  get(id: string): PaymentBody | undefined
  ledger(): readonly LedgerEntry[]
}

export type BankReply = {
  readonly status: number
  readonly body: unknown
  /** The connection breaks instead: what was asked has been done. */
  readonly lost: boolean
}

export type LedgerEntry = {
  readonly id: string
  readonly paymentId: string
  readonly reference: string
  readonly kind: EntryKind
  readonly amount: { readonly amount: string; readonly currency: string }
  readonly at: string
}

/** One change as it is kept; everything in it happens together. */
export type BankChange = {
  readonly payment?: BankPayment
  readonly entry?: LedgerEntry
  readonly answer?: BankAnswer
}
export type BankPayment = {
  readonly id: string
  readonly reference: string
  readonly token: string
  readonly status: WireStatus
  readonly amount: AmountBody
  readonly refundedValue: number
  readonly createdMs: number
}
type BankAnswer = {
  readonly key: string
  readonly fingerprint: string
  readonly status: number
  readonly body: unknown
}

/** As card schemes have it: what the traveller has not confirmed by then is off. */
const actionMs = 15 * 60_000
const idCharacters = '0123456789abcdefghijklmnopqrstuvwxyz'

export function openBank(options: {
  readonly past: readonly BankChange[]
  readonly keep: (change: BankChange) => void
  readonly clock: Clock
  readonly actionUrl: (paymentId: string) => string
}): Bank {
  const { clock } = options
  const payments = new Map<string, BankPayment>()
  const byReference = new Map<string, string>()
  const answers = new Map<string, BankAnswer>()
  const entries: LedgerEntry[] = []

  const apply = ({ payment, entry, answer }: BankChange): void => {
    if (payment) payments.set(payment.id, payment)
    if (payment) byReference.set(payment.reference, payment.id)
    if (entry) entries.push(entry)
    if (answer) answers.set(answer.key, answer)
  }
  for (const change of options.past) apply(change)

  const commit = (change: BankChange): void => {
    options.keep(change)
    apply(change)
  }
  const entryOf = (payment: BankPayment, kind: EntryKind, value: number): LedgerEntry => ({
    id: `ent_${randomText(20, idCharacters)}`,
    paymentId: payment.id,
    reference: payment.reference,
    kind,
    amount: moneyJson({ amountMinor: value, currency: payment.amount.currency }),
    at: toInstant(clock.now()),
  })
  const show = (payment: BankPayment): PaymentBody => ({
    id: payment.id,
    reference: payment.reference,
    status: statusNow(payment, clock.now()),
    amount: payment.amount,
    refunded: { value: payment.refundedValue, currency: payment.amount.currency },
    nextAction: payment.status === 'requires_action' ? { type: 'redirect', url: options.actionUrl(payment.id) } : null,
  })

  /** The same key again gets the same answer and moves nothing; with another request it is refused. */
  const once = (key: string, request: unknown, work: () => Done): BankReply => {
    const fingerprint = JSON.stringify(request)
    const known = answers.get(key)
    if (known) {
      if (known.fingerprint !== fingerprint)
        return refusal(409, 'idempotency_conflict', 'this key was used with another request')
      return { status: known.status, body: known.body, lost: false }
    }
    const { change, status, body, lost } = work()
    commit({ ...change, answer: { key, fingerprint, status, body } })
    return { status, body, lost: lost ?? false }
  }

  const newPayment = (body: AuthoriseBody, status: WireStatus): BankPayment => ({
    id: `tp_${randomText(20, idCharacters)}`,
    reference: body.reference,
    token: body.methodToken,
    status,
    amount: body.amount,
    refundedValue: 0,
    createdMs: clock.now(),
  })

  return {
    authorise: (body, key) =>
      once(`authorise ${key}`, body, () => {
        if (byReference.has(body.reference)) return no(409, 'reference_in_use', 'there is a payment of this reference')
        const effect = testTokens.find(known => known.token === body.methodToken)?.effect
        const decline = declines(effect)
        if (decline) {
          const payment = newPayment(body, 'declined')
          const error = { error: { ...decline, paymentId: payment.id } }
          return { change: { payment }, status: 402, body: error }
        }
        const payment = newPayment(body, effect === 'requires-action' ? 'requires_action' : 'authorised')
        const entry = payment.status === 'authorised' ? entryOf(payment, 'authorise', body.amount.value) : undefined
        const change = entry ? { payment, entry } : { payment }
        return { change, status: 201, body: show(payment), lost: losesAnswer(body.methodToken, 'authorise') }
      }),

    move: (id, kind, amount, key) =>
      once(`${kind} ${id} ${key}`, amount, () => {
        const payment = payments.get(id)
        if (!payment) return no(404, 'payment_not_found', 'there is no such payment')
        const moved = afterMove({ ...payment, status: statusNow(payment, clock.now()) }, kind, amount)
        if ('code' in moved) return no(409, moved.code, moved.message)
        const entry = entryOf(payment, kind, moved.value)
        const body: EntryBody = { id: entry.id, paymentId: id, kind }
        const lost = kind === 'capture' && losesAnswer(payment.token, 'capture')
        // letting go what the traveller never confirmed moves no money
        const change =
          payment.status === 'requires_action' ? { payment: moved.payment } : { payment: moved.payment, entry }
        return { change, status: 201, body, lost }
      }),

    complete(id, approve) {
      const payment = payments.get(id)
      if (!payment) return 'not-found'
      if (statusNow(payment, clock.now()) !== 'requires_action') return 'not-waiting'
      if (approve) {
        const entry = entryOf(payment, 'authorise', payment.amount.value)
        commit({ payment: { ...payment, status: 'authorised' }, entry })
      } else commit({ payment: { ...payment, status: 'declined' } })
      return 'done'
    },

    find(reference) {
      const id = byReference.get(reference)
      return id === undefined ? [] : [show(payments.get(id)!)]
    },
    get(id) {
      const payment = payments.get(id)
      return payment && show(payment)
    },
    ledger: () => entries,
  }
}

type Done = {
  readonly change: BankChange
  readonly status: number
  readonly body: unknown
  readonly lost?: boolean
}

function no(status: number, code: string, message: string): Done {
  return { change: {}, status, body: { error: { code, message } } }
}

function refusal(status: number, code: string, message: string): BankReply {
  return { status, body: { error: { code, message } }, lost: false }
}

function declines(effect: TokenEffect | undefined): { readonly code: string; readonly message: string } | undefined {
  switch (effect) {
    case undefined:
      return { code: 'unknown_token', message: 'no such payment method' }
    case 'declined':
      return { code: 'card_declined', message: 'the card was declined' }
    case 'insufficient-funds':
      return { code: 'insufficient_funds', message: 'not enough funds' }
    case 'ok':
    case 'requires-action':
    case 'answer-lost':
      return undefined
  }
}

function statusNow(payment: BankPayment, nowMs: number): WireStatus {
  const lapsed = payment.status === 'requires_action' && nowMs >= payment.createdMs + actionMs
  return lapsed ? 'declined' : payment.status
}

type Moved =
  | { readonly payment: BankPayment; readonly value: number }
  | { readonly code: string; readonly message: string }

function afterMove(payment: BankPayment, kind: 'capture' | 'void' | 'refund', amount: AmountBody | null): Moved {
  const { status } = payment
  const total = payment.amount.value
  if (amount && amount.currency !== payment.amount.currency)
    return { code: 'invalid_request', message: 'another currency than authorised' }
  switch (kind) {
    case 'capture': {
      if (status !== 'authorised') return { code: 'not_capturable', message: `the payment is ${status}` }
      if (amount?.value !== total) return { code: 'amount_too_large', message: 'only the whole amount can be captured' }
      return { payment: { ...payment, status: 'captured' }, value: total }
    }
    case 'void':
      if (status !== 'authorised' && status !== 'requires_action')
        return { code: 'not_voidable', message: `the payment is ${status}` }
      return { payment: { ...payment, status: 'voided' }, value: total }
    case 'refund': {
      if (status !== 'captured' && status !== 'partially_refunded')
        return { code: 'not_refundable', message: `the payment is ${status}` }
      const value = amount?.value ?? 0
      const refundedValue = payment.refundedValue + value
      if (value <= 0 || refundedValue > total) return { code: 'amount_too_large', message: 'more than was captured' }
      const next = refundedValue === total ? 'refunded' : 'partially_refunded'
      return { payment: { ...payment, status: next, refundedValue }, value }
    }
  }
}
