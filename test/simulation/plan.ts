import fc from 'fast-check'

/** Everything that a run depends on: the same plan gives the same run. Small parts, so that a failing plan shrinks to the few
 *  that matter. */
export type Plan = {
  readonly ticketing: 'separate' | 'at-order'
  readonly findByReference: boolean
  readonly cancellation: 'void' | 'refund'
  /** On the one flight that everybody wants; each booking takes two. */
  readonly seats: number
  readonly processes: number
  readonly clients: readonly ClientPlan[]
  readonly mishaps: readonly Mishap[]
  readonly crashes: readonly Crash[]
  /** How the gateway's nth webhook comes, over and over; none: it sends none. */
  readonly news: readonly News[]
  /** What a person makes of a suspicious payment. */
  readonly approvesReviews: boolean
}

/** Late, twice; late ones arrive behind newer ones. */
export type News = { readonly afterMs: number; readonly times: number }

export type ClientPlan = {
  readonly startMs: number
  readonly goal: 'book' | 'hold' | 'hold-and-pay'
  /** What the fraud rules make of them: passed, looked at by a person, blocked. */
  readonly payer: 'traveller' | 'stranger' | 'thief'
  readonly token: 'tok_visa' | 'tok_3ds' | 'tok_declined'
  /** Asked for 3-D Secure. */
  readonly traveller: 'approves' | 'denies' | 'leaves'
  /** The same request from so many connections at once. */
  readonly copies: number
  /** What the airline asks when the price is confirmed. */
  readonly price: 'same' | 'up' | 'down' | 'gone'
  readonly acceptsRise: boolean
  /** All of it, once or twice at once; one passenger, confirmed twice at once; then the other; each of the two at once. */
  readonly cancels: 'no' | 'once' | 'twice' | 'one' | 'one-then-rest' | 'each'
  /** One passenger of a held booking, before it is paid. */
  readonly letsGo: boolean
}

/** What befalls the nth call of an operation, counted over the whole run, and so many in a row. */
export type Mishap = {
  readonly operation: Operation | StoreOperation
  readonly nth: number
  readonly times: number
  readonly fate: Fate
}

/** A process is killed when the named point is reached for the nth time, whoever reaches it. */
export type Crash = { readonly point: CrashPoint; readonly nth: number; readonly restartMs: number }

export const fates = [
  /** It never arrived. */
  'lost-before',
  /** It was done; its answer never came. */
  'lost-after',
  /** It is done only after we have stopped waiting. */
  'late',
  /** Done and answered, after some seconds. */
  'slow',
  /** It arrives twice. */
  'duplicated',
  'refused',
  'unreachable',
  /** Done, and answered with something that nobody understands. */
  'garbled',
  /** Tickets for some passengers only; otherwise the same as garbled. */
  'partial',
] as const
export type Fate = (typeof fates)[number]

export const changing = [
  'createOrder',
  'issueTickets',
  'cancelOrder',
  'authorise',
  'capture',
  'void',
  'refund',
] as const
export const reading = ['retrieveOrder', 'findOrders', 'quoteCancellation', 'find', 'confirmPrice'] as const
export const storing = ['save', 'find-booking', 'claimDue', 'claimKey', 'freeKey', 'releaseKey'] as const
export const operations = [...changing, ...reading] as const
export type Operation = (typeof operations)[number]
export type StoreOperation = (typeof storing)[number]
export type CrashPoint = `${Operation | StoreOperation}:${'before' | 'after'}`

export const crashPoints: readonly CrashPoint[] = [...operations, ...storing].flatMap((name): CrashPoint[] => [
  `${name}:before`,
  `${name}:after`,
])

const nth = fc.nat({ max: 5 })
const client: fc.Arbitrary<ClientPlan> = fc.record({
  startMs: fc.nat({ max: 3_000 }),
  goal: fc.constantFrom('book', 'book', 'hold', 'hold-and-pay'),
  payer: fc.constantFrom('traveller', 'traveller', 'traveller', 'traveller', 'stranger', 'thief'),
  token: fc.constantFrom('tok_visa', 'tok_visa', 'tok_visa', 'tok_3ds', 'tok_declined'),
  traveller: fc.constantFrom('approves', 'denies', 'leaves'),
  copies: fc.integer({ min: 1, max: 3 }),
  price: fc.constantFrom('same', 'same', 'same', 'up', 'down', 'gone'),
  acceptsRise: fc.boolean(),
  cancels: fc.constantFrom('no', 'no', 'once', 'twice', 'one', 'one-then-rest', 'each'),
  letsGo: fc.boolean(),
})

/** Most trouble strikes what changes something outside. */
const mishap: fc.Arbitrary<Mishap> = fc.record({
  operation: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...changing) },
    { weight: 2, arbitrary: fc.constantFrom(...reading) },
    { weight: 2, arbitrary: fc.constantFrom(...storing) },
  ),
  nth,
  // long ones outlast every retry
  times: fc.constantFrom(1, 1, 1, 2, 4, 40),
  fate: fc.constantFrom(...fates),
})

const crash: fc.Arbitrary<Crash> = fc.record({
  point: fc.constantFrom(...crashPoints),
  nth,
  restartMs: fc.nat({ max: 60_000 }),
})

export const plans: fc.Arbitrary<Plan> = fc.record({
  ticketing: fc.constantFrom('separate', 'at-order'),
  findByReference: fc.constantFrom(true, true, true, false),
  cancellation: fc.constantFrom('void', 'refund'),
  seats: fc.constantFrom(20, 2, 4, 3),
  processes: fc.integer({ min: 1, max: 3 }),
  clients: fc.array(client, { minLength: 1, maxLength: 4 }),
  mishaps: fc.array(mishap, { maxLength: 8 }),
  crashes: fc.array(crash, { maxLength: 3 }),
  news: fc.array(fc.record({ afterMs: fc.nat({ max: 60_000 }), times: fc.integer({ min: 1, max: 2 }) }), {
    maxLength: 3,
  }),
  approvesReviews: fc.boolean(),
})
