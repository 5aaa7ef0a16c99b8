/** Payment methods that the simulator knows: Stripe's own test ones (docs.stripe.com/testing), and some of the sandbox's for what
 *  goes wrong on the way. */
export type TestCard = {
  readonly token: string
  /** As GET /v1/sandbox has it. */
  readonly effect: 'ok' | 'declined' | 'insufficient-funds' | 'requires-action' | 'answer-lost'
  readonly text: string
  readonly behaviour: Behaviour
}

export type Behaviour =
  | { readonly kind: 'works'; readonly loses?: 'authorise' | 'capture' | 'refund'; readonly disputed?: true }
  | { readonly kind: 'declined'; readonly code: string; readonly declineCode: string; readonly message: string }
  | { readonly kind: 'three-d-secure' }
  /** The first answer takes this long. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Status 500; nothing is authorised. */
  | { readonly kind: 'breaks' }

const works = { kind: 'works' } as const
const threeDSecure = { kind: 'three-d-secure' } as const
const confirmText = 'The traveller must confirm at `action.url` (approve or decline there), then the booking goes on.'

function decline(code: string, declineCode: string, message: string): Behaviour {
  return { kind: 'declined', code, declineCode, message }
}

export const testCards: readonly TestCard[] = [
  { token: 'pm_card_visa', effect: 'ok', text: 'Works.', behaviour: works },
  { token: 'pm_card_mastercard', effect: 'ok', text: 'Works.', behaviour: works },
  { token: 'pm_card_amex', effect: 'ok', text: 'Works.', behaviour: works },
  {
    token: 'pm_card_visa_chargeDeclined',
    effect: 'declined',
    text: 'The card is declined; nothing is booked.',
    behaviour: decline('card_declined', 'generic_decline', 'Your card was declined.'),
  },
  {
    token: 'pm_card_chargeDeclined',
    effect: 'declined',
    text: 'The card is declined; nothing is booked.',
    behaviour: decline('card_declined', 'generic_decline', 'Your card was declined.'),
  },
  {
    token: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    effect: 'insufficient-funds',
    text: 'The card has not enough funds; nothing is booked.',
    behaviour: decline('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  },
  {
    token: 'pm_card_chargeDeclinedInsufficientFunds',
    effect: 'insufficient-funds',
    text: 'The card has not enough funds; nothing is booked.',
    behaviour: decline('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  },
  {
    token: 'pm_card_chargeDeclinedExpiredCard',
    effect: 'declined',
    text: 'The card has expired; nothing is booked.',
    behaviour: decline('expired_card', 'expired_card', 'Your card has expired.'),
  },
  {
    token: 'pm_card_visa_chargeDeclinedLostCard',
    effect: 'declined',
    text: 'The card was lost; nothing is booked, and nobody is told why.',
    behaviour: decline('card_declined', 'lost_card', 'Your card was declined.'),
  },
  {
    token: 'pm_card_threeDSecure2Required',
    effect: 'requires-action',
    text: confirmText,
    behaviour: threeDSecure,
  },
  {
    token: 'pm_card_authenticationRequired',
    effect: 'requires-action',
    text: confirmText,
    behaviour: threeDSecure,
  },
  {
    token: 'pm_card_createDispute',
    effect: 'ok',
    text: 'Works, and once the money is collected its holder disputes it.',
    behaviour: { kind: 'works', disputed: true },
  },
  {
    token: 'pm_sandbox_answerLost',
    effect: 'answer-lost',
    text: 'The amount is authorised, but the answer is lost on the way: we must find out by asking.',
    behaviour: { kind: 'works', loses: 'authorise' },
  },
  {
    token: 'pm_sandbox_captureAnswerLost',
    effect: 'answer-lost',
    text: 'Works, but the answer to the capture is lost on the way.',
    behaviour: { kind: 'works', loses: 'capture' },
  },
  {
    token: 'pm_sandbox_refundAnswerLost',
    effect: 'answer-lost',
    text: 'Works, but the answer to the first refund is lost on the way.',
    behaviour: { kind: 'works', loses: 'refund' },
  },
  {
    token: 'pm_sandbox_slow',
    effect: 'ok',
    text: 'Works after two seconds.',
    behaviour: { kind: 'slow', ms: 2_000 },
  },
  {
    token: 'pm_sandbox_serverError',
    effect: 'answer-lost',
    text: 'The gateway fails with status 500, whenever it is asked; nothing is authorised, which we must find out by asking.',
    behaviour: { kind: 'breaks' },
  },
]

export function findCard(token: string): TestCard | undefined {
  return testCards.find(card => card.token === token)
}
