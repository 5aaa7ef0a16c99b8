/** Payment methods that the sandbox knows, instead of cards. */
export type TestToken = { readonly token: string; readonly effect: TokenEffect; readonly text: string }
export type TokenEffect = 'ok' | 'declined' | 'insufficient-funds' | 'requires-action' | 'answer-lost'

export const testTokens: readonly TestToken[] = [
  { token: 'tok_visa', effect: 'ok', text: 'Works.' },
  { token: 'tok_mastercard', effect: 'ok', text: 'Works.' },
  { token: 'tok_amex', effect: 'ok', text: 'Works.' },
  { token: 'tok_declined', effect: 'declined', text: 'The card is declined; nothing is booked.' },
  {
    token: 'tok_insufficient_funds',
    effect: 'insufficient-funds',
    text: 'The card has not enough funds; nothing is booked.',
  },
  {
    token: 'tok_3ds',
    effect: 'requires-action',
    text: 'The traveller must confirm at the address in `action.url` (approve or decline there), then the booking goes on.',
  },
  {
    token: 'tok_answer_lost',
    effect: 'answer-lost',
    text: 'The amount is authorised, but the answer is lost on the way: we must find out by asking.',
  },
  {
    token: 'tok_capture_answer_lost',
    effect: 'answer-lost',
    text: 'As tok_visa, but the answer to the capture is lost on the way.',
  },
]

/** Whose answer never arrives, the first time that it is asked. */
export function losesAnswer(token: string, operation: 'authorise' | 'capture'): boolean {
  return token === (operation === 'authorise' ? 'tok_answer_lost' : 'tok_capture_answer_lost')
}
