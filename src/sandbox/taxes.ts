import type { Cabin, PassengerType } from '../core/itinerary.ts'
import type { Carrier } from './carriers.ts'
import type { Itinerary } from './itineraries.ts'
import { distance, type Node } from './network.ts'
import { hashInts } from './random.ts'
import { dollarsOf } from './rates.ts'
import { type Band, britishDuty, britishDutyAtHome, chargesOf, frenchDuty, germanDuty } from './tax-table.ts'

/** One tax on one slice of one passenger: dollars, or a share of the fare. */
export type Tax = { readonly code: string; readonly dollars: number; readonly share: number }

type Due = { readonly from: Node; readonly to: Node; readonly upper: boolean; readonly type: PassengerType }

const remembered = new WeakMap<Itinerary, Map<string, readonly Tax[]>>()

export function taxesOn(itinerary: Itinerary, cabin: Cabin, type: PassengerType): readonly Tax[] {
  const upper = cabin !== 'economy'
  const own = remembered.get(itinerary) ?? new Map<string, readonly Tax[]>()
  remembered.set(itinerary, own)
  const key = `${upper}${type}`
  const known = own.get(key)
  if (known) return known
  const taxes = compute(itinerary, upper, type)
  own.set(key, taxes)
  return taxes
}

function compute(itinerary: Itinerary, upper: boolean, type: PassengerType): readonly Tax[] {
  const routes = itinerary.segments.map(segment => segment.operated.route)
  const due: Due = { from: routes[0]!.from, to: routes.at(-1)!.to, upper, type }
  const taxes = [...surcharge(itinerary, due), ...departure(due), ...duties(due), ...unitedStates(itinerary, due)]
  return type === 'INF' ? taxes.filter(tax => infantsPay.has(tax.code)) : taxes
}

/** Lap infants pay next to nothing but what a border costs. */
const infantsPay: ReadonlySet<string> = new Set(['US', 'YC', 'XY', 'XA'])

function amount(code: string, dollars: number): Tax {
  return { code, dollars, share: 0 }
}

/** Carrier-imposed, by distance and number of flights; some airlines call it YQ, others YR. */
function surcharge(itinerary: Itinerary, { upper, type }: Due): readonly Tax[] {
  const { owner, km, stops } = itinerary
  if (owner.model === 'low-cost' || type === 'INF') return []
  const base = km < 1500 ? 14 : km < 4000 ? 45 : 130
  const size = base * (0.8 + (owner.index % 7) / 10) + stops * 6
  return [amount(surchargeCode(owner), upper ? size * 1.5 : size)]
}

function surchargeCode(owner: Carrier): string {
  return owner.index % 3 === 0 ? 'YR' : 'YQ'
}

function isAbroad({ from, to }: Due): boolean {
  return from.airport.country !== to.airport.country
}

function isChild(type: PassengerType): boolean {
  return type === 'CHD' || type === 'INF' || type === 'INS'
}

function departure(due: Due): readonly Tax[] {
  const { from, type } = due
  if (from.airport.country === 'US') return []
  const scope = isAbroad(due) ? 'abroad' : 'home'
  return chargesOf(from.airport.country)
    .filter(charge => (charge.scope === scope || charge.scope === 'all') && !(charge.adultsOnly && isChild(type)))
    .map(({ code, amount: size, currency, byAirport }) => {
      if (!currency) return { code, dollars: 0, share: size }
      const local = byAirport ? size * (0.7 + (hashInts(9, from.index) % 9) / 10) : size
      return amount(code, dollarsOf(local, currency))
    })
}

function duties(due: Due): readonly Tax[] {
  const { from, to, upper, type } = due
  const km = distance(from, to)
  switch (from.airport.country) {
    case 'GB': {
      if (isChild(type)) return []
      const band = isAbroad(due) ? bandOf(britishDuty, km) : britishDutyAtHome
      return [amount('GB', dollarsOf(upper ? band.upper : band.economy, 'GBP'))]
    }
    case 'DE':
      return [amount('OY', dollarsOf(bandOf(germanDuty, km).economy, 'EUR'))]
    case 'FR': {
      const band = bandOf(frenchDuty, km)
      return [amount('IZ', dollarsOf(upper ? band.upper : band.economy, 'EUR'))]
    }
    default:
      return []
  }
}

function bandOf(bands: readonly Band[], km: number): Band {
  return bands.find(band => km <= band.kmMax)!
}

/** International transportation tax on leaving and arriving, inspection fees on arriving, 7.5 % and a segment fee at home,
 *  security and passenger facility charges for every boarding (two at most). */
function unitedStates(itinerary: Itinerary, due: Due): readonly Tax[] {
  const routes = itinerary.segments.map(segment => segment.operated.route)
  const boardings = routes.filter(route => route.from.airport.country === 'US')
  const leaves = due.from.airport.country === 'US'
  const arrives = due.to.airport.country === 'US'
  const taxes: Tax[] = []
  if (leaves && arrives) {
    taxes.push({ code: 'US', dollars: 0, share: 0.075 }, amount('ZP', 5.3 * routes.length))
  } else if (leaves || arrives) taxes.push(amount('US', 22.9))
  if (arrives && !leaves) taxes.push(amount('YC', 7.39), amount('XY', 7), amount('XA', 3.84))
  if (leaves) taxes.push(amount('AY', 5.6))
  const charged = Math.min(2, boardings.length)
  if (charged > 0) taxes.push(amount('XF', 4.5 * charged))
  return taxes
}
