import { toInstant } from '../../core/clock.ts'
import { randomText } from '../../core/ids.ts'
import type { SupplierOffer } from '../../core/offer.ts'
import { toLocal } from '../../reference/zones.ts'
import type { WorldPnr, WorldView } from '../../sandbox/world.ts'
import { toSupplierOffer } from './simulator-offers.ts'
import { ageOn } from './wire/create-reservation.ts'
import { codeOf } from './wire/pricing.ts'
import type { RecordToWrite, RecordTraveller } from './wire/write-record.ts'
import { withOffset } from './wire/write-segments.ts'

/** The office of the sandbox: its day is the one that voids end with. */
export const office = { branch: 'P7000001', code: '7SB1', zone: 'Europe/Berlin' } as const

/** Universal records over the world's PNRs. One that could not be sold whole is not in the world: it stands here, as an
 *  empty record that must be cancelled like any other. */
export type Records = {
  find(universalLocator: string): RecordToWrite | undefined
  findByHost(providerLocator: string): RecordToWrite | undefined
  findByAirLocator(airLocator: string): RecordToWrite | undefined
  findByTicket(number: string): RecordToWrite | undefined
  list(): readonly RecordToWrite[]
  /** With these flights unsold. */
  addUnsold(record: RecordToWrite): void
  cancelUnsold(universalLocator: string): boolean
}

const unsoldMax = 1000

export function openRecords(view: WorldView): Records {
  const unsold = new Map<string, RecordToWrite>()
  const find = (locator: string): RecordToWrite | undefined => {
    const pnr = view.findPnr(locator)
    return pnr && recordOf(pnr)
  }
  return {
    find: locator => unsold.get(locator) ?? find(locator),
    findByHost: locator => find(shifted(locator, -hostShift)),
    findByAirLocator: locator => find(shifted(locator, -airShift)),
    findByTicket: number => {
      const pnr = view.listPnrs().find(one => one.tickets.some(ticket => ticket.number === number))
      return pnr && recordOf(pnr)
    },
    list: () => [...view.listPnrs().map(recordOf), ...unsold.values()],
    addUnsold(record) {
      if (unsold.size >= unsoldMax) unsold.clear()
      unsold.set(record.universalLocator, record)
    },
    cancelUnsold(locator) {
      const record = unsold.get(locator)
      if (record) unsold.set(locator, { ...record, cancelled: true, version: record.version + 1 })
      return record !== undefined
    },
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const hostShift = 7
const airShift = 19

/** The record, the host's PNR and the air reservation have locators of their own: the record's is the world's, the
 *  others follow from it. */
function shifted(locator: string, by: number): string {
  return [...locator]
    .reverse()
    .map(letter => {
      const at = alphabet.indexOf(letter)
      return at < 0 ? letter : alphabet[(at + by + alphabet.length) % alphabet.length]
    })
    .join('')
}

export function recordOf(pnr: WorldPnr): RecordToWrite {
  const firstDeparture = pnr.offer.slices[0]!.segments[0]!.departure.slice(0, 10)
  const travellers = pnr.travellers.map(
    (one): RecordTraveller => ({
      key: one.key,
      code: codeOf(one.type),
      first: one.givenNames,
      last: one.surname,
      birthDate: one.birthDate,
      gender: one.gender,
      age: one.birthDate === null ? null : ageOn(one.birthDate, firstDeparture),
    }),
  )
  return {
    universalLocator: pnr.locator,
    version: versionOf(pnr),
    cancelled: pnr.status === 'cancelled',
    providerLocator: shifted(pnr.locator, hostShift),
    airLocator: shifted(pnr.locator, airShift),
    createdAt: toInstant(pnr.createdAt),
    officeCode: office.code,
    reference: pnr.reference,
    offer: offerOf(pnr),
    travellers,
    suppliers: pnr.airlineLocators,
    ticketDate: officeTime(pnr.ticketBy),
    hold: pnr.hold,
    tickets: pnr.tickets.map(ticket => ({
      number: ticket.number,
      travellerKey: ticket.travellerKey,
      status: ticket.status,
      issuedAt: officeTime(ticket.issuedAt),
    })),
    unsold: new Set(),
  }
}

function offerOf(pnr: WorldPnr): SupplierOffer {
  const asked = pnr.travellers.map(one => ({ code: codeOf(one.type), age: null, ref: one.key }))
  return toSupplierOffer(pnr.offer, asked)
}

/** Every change counts: tickets, giving them back, cancelling. */
function versionOf(pnr: WorldPnr): number {
  const ticketed = pnr.tickets.length > 0 ? 1 : 0
  const returned = pnr.tickets.some(ticket => ticket.status !== 'issued') ? 1 : 0
  return ticketed + returned + (pnr.status === 'cancelled' ? 1 : 0)
}

function officeTime(ms: number): string {
  return withOffset(toLocal(ms, office.zone), office.zone)
}

export function newLocator(): string {
  return randomText(6, alphabet)
}
