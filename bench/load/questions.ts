/** What is searched for: few routes and dates often, many rarely. */
import { type Chance, zipf } from './chance.ts'
import type { CityPair } from './city-pairs.ts'

export type Question = { readonly body: string }
export type Questions = { next(pair?: CityPair): Question }

/** The first hundred of these get some two thirds of the searches. */
const mixedRoutesMax = 3_000
const routeExponent = 1
/** Six in ten want to leave on one of a few days that everybody wants: some weekends, some holidays. */
const popularShare = 0.6
const popularTrips: readonly { readonly day: number; readonly nights: number | null }[] = [
  ...[
    { day: 12, nights: 3 },
    { day: 30, nights: 7 },
    { day: 19, nights: 2 },
    { day: 5, nights: null },
  ],
  ...[
    { day: 61, nights: 14 },
    { day: 26, nights: 3 },
    { day: 45, nights: 7 },
    { day: 110, nights: 10 },
  ],
]
const daysMax = 330
const nights: readonly number[] = [2, 3, 3, 4, 5, 7, 7, 7, 10, 14, 14, 21]
const dayMs = 86_400_000

type Trip = { readonly pair: CityPair; readonly day: number; readonly nights: number | null; readonly party: string }

export function mixedQuestions(pairs: readonly CityPair[], chance: Chance, nowMs: number): Questions {
  const routes = pairs.slice(0, mixedRoutesMax)
  const rank = zipf(routes.length, routeExponent, chance)
  return { next: (pair = routes[rank()]!) => ask(drawTrip(pair, chance), nowMs) }
}

/** The busiest routes, each with every day, stay and party: some five million questions before one comes again. */
const uniqueRoutesMax = 500
const parties = ['ADT', 'ADT ADT', 'ADT ADT ADT', 'ADT ADT CHD'] as const
const stays: readonly (number | null)[] = [null, ...new Set(nights)]

/** No question twice: all there are, numbered, walked through in steps that share no factor with their count. */
export function uniqueQuestions(pairs: readonly CityPair[], chance: Chance, nowMs: number): Questions {
  const routes = pairs.slice(0, uniqueRoutesMax)
  const count = routes.length * daysMax * stays.length * parties.length
  const step = coprimeTo(count, 1 + Math.floor(count * 0.618))
  let number = chance.below(count)
  return {
    next() {
      number = (number + step) % count
      let rest = number
      const take = (bound: number): number => {
        const digit = rest % bound
        rest = Math.floor(rest / bound)
        return digit
      }
      const pair = routes[take(routes.length)]!
      const party = parties[take(parties.length)]!
      return ask({ pair, party, nights: stays[take(stays.length)]!, day: 1 + take(daysMax) }, nowMs)
    },
  }
}

function coprimeTo(count: number, from: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  let step = from
  while (divisor(count, step) !== 1) step++
  return step
}

/** The same few for the whole run, the first of them most often. */
export function fewQuestions(pairs: readonly CityPair[], chance: Chance, nowMs: number, count = 20): Questions {
  const few = pairs.slice(0, count).map(pair => ask(drawTrip(pair, chance), nowMs))
  const rank = zipf(few.length, routeExponent, chance)
  return { next: () => few[rank()]! }
}

function drawTrip(pair: CityPair, chance: Chance): Trip {
  if (chance.next() < popularShare) return { pair, ...chance.pick(popularTrips), party: drawParty(chance) }
  const stay = chance.next() < 0.6 ? chance.pick(nights) : null
  return { pair, day: drawDay(chance), nights: stay, party: drawParty(chance) }
}

/** Lead times as agencies see them, log-normal: half within five weeks, a tenth beyond five months. */
function drawDay(chance: Chance): number {
  const normal = Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next())
  return Math.min(daysMax, Math.max(1, Math.round(35 * Math.exp(1.15 * normal))))
}

function drawParty(chance: Chance): string {
  const drawn = chance.next()
  if (drawn < 0.6) return 'ADT'
  if (drawn < 0.9) return 'ADT ADT'
  return drawn < 0.95 ? 'ADT ADT ADT' : 'ADT ADT CHD'
}

function ask({ pair, day, nights: stay, party }: Trip, nowMs: number): Question {
  const { origin, destination, country } = pair
  const out = { origin, destination, departureDate: dateAfter(nowMs, day) }
  const back = { origin: destination, destination: origin, departureDate: dateAfter(nowMs, day + (stay ?? 0)) }
  return {
    body: JSON.stringify({
      slices: stay === null ? [out] : [out, back],
      passengers: party.split(' ').map(type => (type === 'CHD' ? { type, age: 8 } : { type })),
      // sold at home, in the money that is used there
      pointOfSale: country,
    }),
  }
}

function dateAfter(nowMs: number, days: number): string {
  return new Date(nowMs + days * dayMs).toISOString().slice(0, 10)
}
