import { magicRoutesOf } from '../../src/sandbox/magic-routes.ts'
import { type Chance, chanceOf } from '../../test/fuzz/chance.ts'

/** What is decided by the seed: who travels where, with which payment, and what dies when. */
export type TravellerPlan = {
  readonly index: number
  readonly supplier: string
  readonly origin: string
  readonly destination: string
  /** Of the magic route; null: an ordinary one. */
  readonly effect: string | null
  readonly daysAhead: number
  readonly adults: number
  /** Which of the offers that may be had. */
  readonly offer: number
  readonly goal: 'book' | 'hold' | 'hold-and-pay'
  readonly token: string
  /** Where the bank asks the traveller. */
  readonly approves: boolean
  readonly acceptsRise: boolean
  /** Of each request with a key, from as many connections. */
  readonly copies: number
  /** All, once or twice at once; one passenger; one, then the rest. Where the supplier takes nobody out, that is refused. */
  readonly cancels: 'no' | 'once' | 'twice' | 'one' | 'one-then-rest'
}

export const victims = ['worker', 'service', 'postgres', 'redis'] as const
export type Victim = (typeof victims)[number]
/** `atMs`: after the start of the load, by the wall clock. */
export type Kill = { readonly victim: Victim; readonly atMs: number }

const ordinaryRoutes = [
  ['LHR', 'JFK'],
  ['FRA', 'MAD'],
  ['CDG', 'FCO'],
  ['AMS', 'LIS'],
  ['MUC', 'VIE'],
  ['LHR', 'CDG'],
] as const

/** Effects on the search alone (silent, html …) say nothing of bookings: a few of them are enough. */
const bookingEffects = [
  'price-up',
  'price-down',
  'sold-out-at-booking',
  'answer-lost',
  'ticketing-fails-twice',
  'connection',
  'hold-not-allowed',
]
const searchEffects = ['slow', 'silent', 'server-error', 'cut-off']
const tokens = [
  ...Array<string>(12).fill('tok_visa'),
  ...['tok_mastercard', 'tok_declined', 'tok_insufficient_funds', 'tok_3ds', 'tok_3ds'],
  ...['tok_answer_lost', 'tok_answer_lost', 'tok_capture_answer_lost', 'tok_capture_answer_lost'],
]

export function planTraveller(seed: string, index: number, suppliers: readonly string[]): TravellerPlan {
  const chance = chanceOf(`${seed} traveller ${index}`)
  const supplier = suppliers[index % suppliers.length]!
  const percent = chance.int(100)
  const effect = percent < 35 ? chance.pick(bookingEffects) : percent < 40 ? chance.pick(searchEffects) : null
  return {
    index,
    supplier,
    effect,
    ...routeOf(supplier, effect, chance),
    // a few days, so that searches are shared and seats run out here and there
    daysAhead: 40 + chance.int(6),
    adults: 1 + chance.int(3),
    offer: chance.int(1_000),
    goal: chance.pick(['book', 'book', 'book', 'hold', 'hold-and-pay', 'hold-and-pay']),
    token: chance.pick(tokens),
    approves: chance.int(4) > 0,
    acceptsRise: chance.int(2) === 0,
    copies: 1 + chance.int(4),
    cancels: chance.pick(['no', 'no', 'no', 'once', 'twice', 'one', 'one-then-rest']),
  }
}

function routeOf(supplier: string, effect: string | null, chance: Chance) {
  const magic = effect && magicRoutesOf(supplier).find(route => route.effect === effect)
  if (magic) return { origin: magic.origin, destination: magic.destination }
  const [origin, destination] = chance.pick(ordinaryRoutes)
  return { origin, destination }
}

const secondsAKill = 8

/** One in each stretch of eight seconds; of the first four each kills something else. */
export function planKills(seed: string, loadMs: number): readonly Kill[] {
  const chance = chanceOf(`${seed} kills`)
  const count = Math.max(victims.length, Math.floor(loadMs / 1000 / secondsAKill))
  const stretchMs = loadMs / count
  const first = shuffled<Victim>(victims, chance)
  return Array.from({ length: count }, (_, i) => ({
    victim: first[i] ?? chance.pick<Victim>(['worker', 'worker', 'worker', 'service', 'postgres', 'redis']),
    atMs: Math.round(stretchMs * (i + 0.3 + 0.6 * (chance.int(1_000) / 1_000))),
  }))
}

function shuffled<T>(items: readonly T[], chance: Chance): readonly T[] {
  return items
    .map(item => ({ item, at: chance.int(1_000_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
