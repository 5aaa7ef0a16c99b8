import type { EpochMs } from '../../core/clock.ts'
import type { AirlineCode, ZoneName } from '../../core/itinerary.ts'
import { homeZoneOf } from '../carrier-homes.ts'
import { findInstant, localDateNow } from '../zones.ts'
import type { NamedClock } from './clocks.ts'
import type { Moment, WrittenDate } from './moment.ts'

export type Place = {
  readonly carrier: AirlineCode
  /** Where the journey begins. */
  readonly originZone: ZoneName | undefined
  /** Where the booking office is, when known. */
  readonly officeZone: ZoneName | undefined
  /** When the remark was written. */
  readonly atMs: EpochMs
}

/** `zone`: the clock used, `unstated` where none was named. */
export type Resolved = { readonly ticketByMs: EpochMs; readonly zone: ZoneName | 'unstated' }

/** Airlines whose words about their clock are known to mean another one (table of wordings in domain.md 4.2): Meridiana
 *  wrote LT and a city but kept GMT; Air China and South African name a city that is not the clock of the time. */
const ownWays: Readonly<Record<AirlineCode, 'gmt' | 'city-says-nothing'>> = {
  IG: 'gmt',
  CA: 'city-says-nothing',
  SA: 'city-says-nothing',
}

const minuteMs = 60_000
const dayMs = 86_400_000
const utc: readonly ZoneName[] = ['UTC']

/** One limit, told once or on two clocks. Undefined where no such day exists. */
export function resolveMoments(moments: readonly Moment[], place: Place): Resolved | undefined {
  const [first, second] = moments
  const same = first && second && sameDigits(first, second)
  // the same digits by city and by country are one local time: the city is the exact one
  const told = same ? moments.filter(({ clock }) => clock?.kind !== 'country') : moments
  const all = (told.length > 0 ? told : moments).flatMap(moment => resolveMoment(moment, place) ?? [])
  return earliest(all)
}

function resolveMoment(moment: Moment, place: Place): Resolved | undefined {
  const { zones, stated } = zonesOf(moment.clock, place)
  const readings = zones.flatMap(zone => {
    const ticketByMs = instantIn(zone, moment, place.atMs)
    return ticketByMs === undefined ? [] : [{ ticketByMs, zone: stated ? zone : ('unstated' as const) }]
  })
  // nobody sends a limit that has passed: a clock by which it has is not the one meant
  const ahead = readings.filter(reading => reading.ticketByMs > place.atMs)
  return earliest(ahead.length > 0 ? ahead : readings)
}

function earliest(all: readonly Resolved[]): Resolved | undefined {
  return all.reduce<Resolved | undefined>(
    (best, one) => (best && best.ticketByMs <= one.ticketByMs ? best : one),
    undefined,
  )
}

function zonesOf(
  clock: NamedClock | null,
  place: Place,
): { readonly zones: readonly ZoneName[]; readonly stated: boolean } {
  const way = ownWays[place.carrier]
  if (way === 'gmt' && (clock?.kind === 'place' || clock?.kind === 'country')) return { zones: utc, stated: true }
  const unstated = plausible(place)
  switch (clock?.kind) {
    case undefined:
      return { zones: unstated, stated: false }
    case 'utc':
      return { zones: utc, stated: true }
    case 'home': {
      const zone = homeZoneOf(place.carrier)
      return zone ? { zones: [zone], stated: true } : { zones: unstated, stated: false }
    }
    case 'origin':
      return place.originZone ? { zones: [place.originZone], stated: true } : { zones: unstated, stated: false }
    case 'country':
      return { zones: clock.zones.filter((zone, i) => i === 0 || unstated.includes(zone)), stated: true }
    case 'place':
      if (way === 'city-says-nothing') return { zones: [...clock.zones, ...unstated], stated: false }
      return { zones: clock.zones, stated: true }
  }
}

/** Clocks that an airline may mean without saying so: Greenwich, its own, the journey's, the office's. */
function plausible({ carrier, originZone, officeZone }: Place): readonly ZoneName[] {
  const zones = ['UTC', homeZoneOf(carrier), originZone, officeZone]
  return zones.filter(zone => zone !== undefined)
}

/** Without a time: the end of the day. 24:00 is the midnight after. */
function instantIn(zone: ZoneName, { date, time }: Moment, atMs: EpochMs): EpochMs | undefined {
  const { hour, minute } = time ?? { hour: 23, minute: 59 }
  const nextDay = hour === 24
  const clock = nextDay ? '23:59' : `${two(hour)}:${two(minute)}`
  const instantOf = (day: string): EpochMs | undefined => {
    const ms = findInstant(`${day}T${clock}`, zone)
    return ms === undefined ? undefined : ms + (nextDay ? minuteMs : 0)
  }
  if (date?.kind === 'day')
    return date.year === null ? nextSuch(date, zone, atMs, instantOf) : instantOf(dayText(date, date.year))
  if (date) return instantOf(localDateNow(zone, atMs + date.days * dayMs))
  const today = instantOf(localDateNow(zone, atMs))
  return today !== undefined && today > atMs ? today : instantOf(localDateNow(zone, atMs + dayMs))
}

/** The first such day from the message's own day on; 29FEB may be years away. */
function nextSuch(
  date: WrittenDate & { readonly kind: 'day' },
  zone: ZoneName,
  atMs: EpochMs,
  instantOf: (day: string) => EpochMs | undefined,
): EpochMs | undefined {
  const today = localDateNow(zone, atMs)
  const year = Number(today.slice(0, 4))
  for (let ahead = 0; ahead <= 8; ahead++) {
    const day = dayText(date, year + ahead)
    const instant = day < today ? undefined : instantOf(day)
    if (instant !== undefined) return instant
  }
  return undefined
}

function dayText({ day, month }: { readonly day: number; readonly month: number }, year: number): string {
  return `${year}-${two(month)}-${two(day)}`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

function sameDigits(a: Moment, b: Moment): boolean {
  return JSON.stringify([a.date, a.time]) === JSON.stringify([b.date, b.time])
}
