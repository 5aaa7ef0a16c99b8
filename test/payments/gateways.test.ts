import { describe } from 'vitest'
import { gatewayContract } from '../contract/gateway.ts'

describe('the test gateway', () => {
  gatewayContract({
    code: 'test',
    tokens: {
      ok: 'tok_visa',
      declined: [
        ['tok_declined', 'card_declined'],
        ['tok_insufficient_funds', 'insufficient_funds'],
      ],
      threeDSecure: 'tok_3ds',
      authoriseLost: 'tok_answer_lost',
      captureLost: 'tok_capture_answer_lost',
    },
    withWrongKey: settings => ({ ...settings, apiKey: 'sk_test_wrong' }),
  })
})

describe('Stripe', () => {
  gatewayContract({
    code: 'stripe',
    tokens: {
      ok: 'pm_card_visa',
      declined: [
        ['pm_card_chargeDeclined', 'generic_decline'],
        ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
        ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
        ['pm_card_visa_chargeDeclinedLostCard', 'lost_card'],
      ],
      threeDSecure: 'pm_card_threeDSecure2Required',
      authoriseLost: 'pm_sandbox_answerLost',
      captureLost: 'pm_sandbox_captureAnswerLost',
    },
    withWrongKey: settings => ({ ...settings, secretKey: 'sk_test_wrong' }),
  })
})
