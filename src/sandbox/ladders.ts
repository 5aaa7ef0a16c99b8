import type { Cabin } from '../core/itinerary.ts'
import type { Carrier } from './carriers.ts'
import { cabinIndex, type Layout } from './equipment.ts'

/** Booking classes of an airline by cabin, dearest first. All ladders have the same number of steps, so that a step of one
 *  airline means a step of its partner: seats are counted by cabin and step, whoever sells them. */
const ladders: Readonly<Record<Carrier['ladder'], readonly [string, string, string, string]>> = {
  A: ['YBHKMLVSNQOG', 'WET', 'JCDRI', 'FA'],
  B: ['YBMUHQVWSTLK', 'GEN', 'JCDZP', 'FA'],
  C: ['YBMHKQVLTXSE', 'WPG', 'JCZDI', 'FA'],
}

/** Steps by cabin: economy, premium economy, business, first. */
export const steps: readonly [number, number, number, number] = [12, 3, 5, 2]
/** Where each cabin's steps begin when all are counted in one row. */
export const stepOffset: readonly [number, number, number, number] = [0, 12, 15, 20]
export const stepsInAll = 22

export type CabinStep = { readonly cabin: Cabin; readonly step: number }

const order: readonly Cabin[] = ['economy', 'premium-economy', 'business', 'first']

export function letterOf(carrier: Carrier, cabin: Cabin, step: number): string {
  return ladders[carrier.ladder][cabinIndex[cabin]]![step]!
}

export function stepOf(carrier: Carrier, bookingClass: string): CabinStep | undefined {
  for (const cabin of order) {
    const step = ladders[carrier.ladder][cabinIndex[cabin]]!.indexOf(bookingClass)
    if (step >= 0) return { cabin, step }
  }
  return undefined
}

/** What a fare of this cabin and step is booked in on an aircraft that may not have the cabin: the next one down, high
 *  on its ladder. */
export function carriedIn(layout: Layout, cabin: Cabin, step: number): CabinStep {
  let index = cabinIndex[cabin]
  if (layout[index]! > 0) return { cabin, step }
  while (index > 0 && layout[index]! === 0) index--
  return { cabin: order[index]!, step: Math.min(step, 1) }
}
