import type { ClientPlan, Plan } from './plan.ts'

const client: ClientPlan = {
  startMs: 0,
  goal: 'book',
  payer: 'traveller',
  token: 'tok_visa',
  traveller: 'approves',
  copies: 1,
  price: 'same',
  acceptsRise: false,
  cancels: 'no',
  letsGo: false,
}
const plan: Plan = {
  ticketing: 'separate',
  findByReference: true,
  cancellation: 'void',
  seats: 20,
  processes: 1,
  clients: [client],
  mishaps: [],
  crashes: [],
  news: [],
  approvesReviews: true,
}

/** The smallest plans of bugs that the simulation has found. */
export const keptPlans: readonly { readonly title: string; readonly plan: Plan }[] = [
  {
    title:
      'the gateway, not reached the second time, may hold money from the first: the booking failed with money reserved',
    plan: {
      ...plan,
      clients: [{ ...client, token: 'tok_3ds' }],
      mishaps: [{ operation: 'authorise', nth: 1, fate: 'unreachable', times: 1 }],
      crashes: [{ point: 'authorise:after', nth: 0, restartMs: 0 }],
    },
  },
  {
    title: 'a held booking that is being paid was cancelled beside it, and the money came late',
    plan: {
      ...plan,
      clients: [{ ...client, goal: 'hold-and-pay', cancels: 'once' }],
      mishaps: [
        { operation: 'authorise', nth: 0, fate: 'late', times: 1 },
        { operation: 'authorise', nth: 1, fate: 'unreachable', times: 1 },
      ],
    },
  },
  {
    title: 'a cancellation that a person had to make by hand gave no money back',
    plan: {
      ...plan,
      clients: [{ ...client, cancels: 'once' }],
      mishaps: [{ operation: 'cancelOrder', nth: 0, times: 40, fate: 'lost-before' }],
    },
  },
  {
    title: 'five lost answers to the tickets of an order: it was looked at for ever, and never given back',
    plan: { ...plan, mishaps: [{ operation: 'issueTickets', nth: 0, times: 40, fate: 'lost-before' }] },
  },
  {
    title:
      'a hold ran out at an airline that did not answer, while its payment was looked at: it was called held for ever',
    plan: {
      ...plan,
      clients: [{ ...client, goal: 'hold-and-pay', payer: 'stranger' }],
      mishaps: [{ operation: 'retrieveOrder', nth: 0, times: 40, fate: 'lost-before' }],
      approvesReviews: false,
    },
  },
  ...(['once', 'one'] as const).map(cancels => ({
    title: `a cancellation (${cancels}) came late, after the one that followed it was refused: a ticketed booking had lost seats`,
    plan: {
      ...plan,
      clients: [{ ...client, cancels }],
      mishaps: [
        { operation: 'cancelOrder' as const, nth: 0, times: 1, fate: 'late' as const },
        { operation: 'cancelOrder' as const, nth: 0, times: 40, fate: 'refused' as const },
      ],
    },
  })),
]
