import { type Fault, fault } from '../../src/core/fault.ts'
import { type Money, money } from '../../src/core/money.ts'
import type {
  AuthoriseOutcome,
  FindPaymentOutcome,
  GatewayPayment,
  MoveOutcome,
  PaymentGateway,
} from '../../src/payments/port.ts'
import type { Fortune } from './fortune.ts'
import type { Operation } from './plan.ts'
import type { Wire } from './wire.ts'

export type Account = {
  readonly id: string
  readonly paymentId: string
  readonly amount: Money
  status: 'requires-action' | 'authorised' | 'captured' | 'voided' | 'declined'
  captured: number
  refunded: number
}

/** The gateway and what is true there. Idempotent by key: whatever arrives second under a key gets the first's answer. */
export type Bank = {
  readonly accounts: readonly Account[]
  readonly gateway: PaymentGateway
  /** The traveller answers the bank's question. */
  act(approve: boolean): void
  /** At its desk, for a person who rings: lets a payment go, or pays `refundMinor` back. */
  settleByHand(paymentId: string, refundMinor: number | null): void
}

/** `tell`: sends a webhook about this payment. */
export function openBank(wire: Wire, fortune: Fortune, tell: (paymentId: string) => void): Bank {
  const accounts: Account[] = []
  const answers = new Map<string, AuthoriseOutcome | MoveOutcome>()
  let serial = 0

  /** Under its key once. */
  const once = <T extends AuthoriseOutcome | MoveOutcome>(key: string, work: () => T): T => {
    const known = answers.get(key)
    if (known) return known as T
    const answer = work()
    answers.set(key, answer)
    return answer
  }
  const move = (
    operation: Operation & ('capture' | 'void' | 'refund'),
    request: { readonly gatewayPaymentId: string; readonly idempotencyKey: string },
    call: Parameters<PaymentGateway['capture']>[1],
    work: (account: Account) => boolean,
  ): Promise<MoveOutcome> =>
    wire<MoveOutcome>(operation, call, {
      act: () =>
        once<MoveOutcome>(`${operation} ${request.idempotencyKey}`, () => {
          const account = accounts.find(({ id }) => id === request.gatewayPaymentId)
          if (!account || !work(account)) return no(`the payment is ${account?.status ?? 'not known'}`)
          fortune.note(`bank: ${operation} of ${account.paymentId}`)
          tell(account.paymentId)
          return { kind: 'done', gatewayEntryId: `entry_${++serial}` }
        }),
      refused: () => no('not allowed'),
      unreachable: why => ({ kind: 'refused', fault: why }),
      lost: why => ({ kind: 'unknown', fault: why }),
    })

  const gateway: PaymentGateway = {
    code: 'test',
    authorise: ({ paymentId, amount, methodToken, idempotencyKey }, call) =>
      wire<AuthoriseOutcome>('authorise', call, {
        act: () => {
          const first = once<AuthoriseOutcome>(`authorise ${idempotencyKey}`, () => {
            if (methodToken === 'tok_declined') return declined(fault('payment-declined', 'The card was declined.'))
            const id = `gw_${++serial}`
            const status = methodToken === 'tok_3ds' ? 'requires-action' : 'authorised'
            accounts.push({ id, paymentId, amount, status, captured: 0, refunded: 0 })
            fortune.note(`bank: ${paymentId} is ${status}`)
            tell(paymentId)
            return status === 'authorised' ? { kind: status, gatewayPaymentId: id } : asks(id)
          })
          return now(first, accounts)
        },
        // its word under this key: what was sent before it and arrives later is told the same
        refused: () =>
          now(
            once<AuthoriseOutcome>(`authorise ${idempotencyKey}`, () =>
              declined(fault('payment-declined', 'The card was declined.')),
            ),
            accounts,
          ),
        unreachable: declined,
        lost: why => ({ kind: 'unknown', fault: why }),
      }),
    capture: (request, call) =>
      move('capture', request, call, account => {
        if (account.status !== 'authorised') return false
        account.status = 'captured'
        account.captured += request.amount.amountMinor
        return true
      }),
    void: (request, call) =>
      move('void', request, call, account => {
        if (account.status !== 'authorised' && account.status !== 'requires-action') return false
        account.status = 'voided'
        return true
      }),
    refund: (request, call) =>
      move('refund', request, call, account => {
        if (account.status !== 'captured' || account.refunded + request.amount.amountMinor > account.captured)
          return false
        account.refunded += request.amount.amountMinor
        return true
      }),
    find: (paymentId, call) =>
      wire<FindPaymentOutcome>('find', call, {
        act() {
          const account = accounts.find(one => one.paymentId === paymentId)
          return account ? { kind: 'found', payment: paymentOf(account) } : { kind: 'absent' }
        },
        refused: () => ({ kind: 'failed', fault: fault('supplier-error', 'try later') }),
        unreachable: why => ({ kind: 'failed', fault: why }),
        lost: why => ({ kind: 'failed', fault: why }),
      }),
    readNews: ({ body }) => ({ kind: 'news', ...JSON.parse(Buffer.from(body).toString('utf8')) }),
    close: () => Promise.resolve(),
  }
  return {
    accounts,
    gateway,
    settleByHand(paymentId, refundMinor) {
      const account = accounts.find(one => one.paymentId === paymentId)
      if (!account) return
      if (refundMinor !== null) account.refunded = Math.max(account.refunded, refundMinor)
      else if (account.status !== 'captured') account.status = 'voided'
      fortune.note(`bank: ${paymentId} is settled by hand`)
    },
    act(approve) {
      for (const account of accounts) {
        if (account.status !== 'requires-action') continue
        account.status = approve ? 'authorised' : 'declined'
        fortune.note(`bank: the traveller ${approve ? 'approves' : 'denies'} ${account.paymentId}`)
        tell(account.paymentId)
      }
    },
  }
}

function no(text: string): MoveOutcome {
  return { kind: 'refused', fault: fault('refused', text) }
}

function declined(why: Fault): AuthoriseOutcome {
  return { kind: 'declined', fault: why, gatewayPaymentId: null }
}

function asks(gatewayPaymentId: string): AuthoriseOutcome {
  return { kind: 'requires-action', gatewayPaymentId, action: question }
}

/** A replay tells how the payment stands now, as gateways do. */
function now(first: AuthoriseOutcome, accounts: readonly Account[]): AuthoriseOutcome {
  if (first.kind !== 'requires-action') return first
  const account = accounts.find(({ id }) => id === first.gatewayPaymentId)
  switch (account?.status) {
    case 'authorised':
      return { kind: 'authorised', gatewayPaymentId: first.gatewayPaymentId }
    case 'declined':
    case 'voided':
      return declined(fault('payment-declined', 'The traveller did not confirm the payment.'))
    default:
      return first
  }
}

function paymentOf({ id, status, amount, captured, refunded }: Account): GatewayPayment {
  const back = refunded === captured ? ('refunded' as const) : ('partially-refunded' as const)
  return {
    gatewayPaymentId: id,
    status: refunded > 0 ? back : status,
    amount,
    refunded: money(refunded, amount.currency),
    action: status === 'requires-action' ? question : null,
  }
}

const question = { type: 'redirect', url: 'http://bank.example/3ds' }
