import { offsetMinutes } from '../reference/zones.ts'
import { type Equipment, equipmentFor } from './equipment.ts'
import { departuresOf, distance, type Node, type Route } from './network.ts'
import { fraction, hashInts } from './random.ts'

/** One departure of a route as the timetable has it: the same local time on each of its days, all the year. */
export type Departure = {
  readonly route: Route
  readonly number: number
  /** Minutes after midnight at the origin. */
  readonly minute: number
  /** Bit 0 Monday … bit 6 Sunday. */
  readonly weekdays: number
  readonly equipment: Equipment
  /** Of the one or two legs, from block to block. */
  readonly legMinutes: readonly number[]
  readonly groundMinutes: number
  readonly blockMinutes: number
}

/** Zones are compared in winter: a timetable does not move with summer time, so any fixed day serves. */
const referenceNoon = '2027-01-15T12:00:00'

export function departuresOfRoute(route: Route, seed: number): readonly Departure[] {
  const count = departuresOf(route.perWeek)
  const longest = route.via ? Math.max(distance(route.from, route.via), distance(route.via, route.to)) : route.km
  const shift =
    offsetMinutes(route.to.airport.zone, referenceNoon) - offsetMinutes(route.from.airport.zone, referenceNoon)
  return Array.from({ length: count }, (_, i) => {
    const random = hashInts(seed, route.index, i, 1)
    const equipment = equipmentFor(route.carrier, route.seats, longest, random % 3)
    const legMinutes = legs(route).map(([a, b]) => blockMinutes(a, b, equipment))
    const groundMinutes = route.via ? 60 + (random % 7) * 5 : 0
    const block = legMinutes.reduce((sum, minutes) => sum + minutes, groundMinutes)
    return {
      route,
      number: route.number + 2 * i,
      minute: departureMinute(route, block, shift, (i + 0.15 + 0.7 * fraction(random)) / count, seed),
      weekdays: weekdaysOf(route.perWeek, i, hashInts(seed, route.index, i, 2)),
      equipment,
      legMinutes,
      groundMinutes,
      blockMinutes: block,
    }
  })
}

function legs(route: Route): readonly (readonly [Node, Node])[] {
  if (!route.via) return [[route.from, route.to]]
  return [
    [route.from, route.via],
    [route.via, route.to],
  ]
}

/** Half an hour to an hour on the ground and in the climb; against the jet stream of the middle latitudes long flights to
 *  the west take some 8 % longer and those to the east 8 % less. Multiples of five minutes. */
export function blockMinutes(from: Node, to: Node, equipment: Equipment): number {
  const km = distance(from, to)
  const east = eastward(from, to) * Math.min(1, km / 3000) * jetStream(from, to)
  const ground = equipment.family === 'wide' ? 40 : equipment.family === 'turboprop' ? 20 : 30
  return Math.max(25, Math.round(((km / equipment.kmPerHour) * 60 * (1 - 0.08 * east) + ground) / 5) * 5)
}

/** 1 due east, -1 due west, by the difference of longitudes over the way. */
function eastward(from: Node, to: Node): number {
  const degrees = ((to.airport.longitude - from.airport.longitude + 540) % 360) - 180
  const latitude = ((from.airport.latitude + to.airport.latitude) / 2) * (Math.PI / 180)
  const kmEast = degrees * 111.2 * Math.cos(latitude)
  return Math.max(-1, Math.min(1, kmEast / Math.max(1, distance(from, to))))
}

function jetStream(from: Node, to: Node): number {
  const latitude = Math.abs((from.airport.latitude + to.airport.latitude) / 2)
  return latitude < 15 ? 0.2 : latitude < 25 ? 0.6 : 1
}

/** The first departure is daily before there is a second one; the rest of `perWeek` is spread over the week. */
function weekdaysOf(perWeek: number, i: number, random: number): number {
  const own = Math.min(7, perWeek - 7 * i)
  if (own === 7) return 0b1111111
  let mask = 0
  for (let k = 0; k < own; k++) mask |= 1 << ((Math.floor((k * 7) / own) + (random % 7)) % 7)
  return mask
}

const step = 5
const steps = 1440 / step

/** `place` (0-1) of the hours at which people can leave and arrive, then moved into the nearest bank of the hub. */
function departureMinute(route: Route, block: number, shift: number, place: number, seed: number): number {
  const fits = usableHours(block, shift)
  const usable = fits.filter(Boolean).length
  let left = Math.floor(place * usable)
  let at = 0
  while (at < steps - 1 && !(fits[at] && left-- === 0)) at++
  const raw = at * step
  const banked = mod(toBank(route, raw, mod(raw + block + shift, 1440), hashInts(seed, route.index, raw, 3), seed))
  return fits[banked / step] ? banked : raw
}

/** By steps of five minutes: nobody leaves or arrives in the small hours where that can be avoided. */
function usableHours(block: number, shift: number): readonly boolean[] {
  const strict = Array.from({ length: steps }, (_, i) => {
    const leave = i * step
    const arrive = mod(leave + block + shift, 1440)
    const leaves = leave >= 360 && leave <= (block > 300 ? 1435 : 1350)
    return leaves && arrive >= 330 && (block > 300 || arrive > leave + shift - 1)
  })
  if (strict.some(Boolean)) return strict
  return Array.from({ length: steps }, (_, i) => i * step >= 360)
}

/** Waves of arrivals and departures at a hub, 150 minutes apart from about seven in the morning. */
const bankMinutes = 150
const banksFrom = 420
const banks = 7

function toBank(route: Route, leave: number, arrive: number, random: number, seed: number): number {
  if (route.fromHub) {
    const bank = nearestBank(leave - 25, hubShift(route, route.from, seed))
    return bank + (random % 12) * step
  }
  if (route.toHub) {
    const wanted = nearestBank(arrive + 70, hubShift(route, route.to, seed)) - 95 + (random % 11) * step
    return leave + (wanted - arrive)
  }
  return leave
}

function hubShift(route: Route, hub: Node, seed: number): number {
  return (hashInts(seed, hub.index, route.carrier.index, 0, 4) % 9) * step
}

function nearestBank(minute: number, shift: number): number {
  const k = Math.round((minute - banksFrom - shift) / bankMinutes)
  return banksFrom + shift + Math.max(0, Math.min(banks - 1, k)) * bankMinutes
}

function mod(value: number, by = 1440): number {
  return ((value % by) + by) % by
}
