import { type EpochMs, toInstant } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import type { Segment, Slice } from '../../../core/itinerary.ts'
import { add, type Money } from '../../../core/money.ts'
import type {
  DocumentStatus,
  OrderPassenger,
  RecordLocator,
  SupplierOrder,
  SupplierOrderStatus,
  TravelDocument,
} from '../../../core/order.ts'
import { WireError } from '../../../core/wire-error.ts'
import { findInstant } from '../../../reference/zones.ts'
import { decodeOffers } from './flight-offer.ts'
import { type OfferReading, openReading } from './offer-reading.ts'
import { readReference } from './order-request.ts'
import { idOf, listOf, localTimeOf, type Raw, rawOf, textOf, type Warnings, warn } from './read.ts'
import { passengerTypeOf } from './vocabulary.ts'

/** `data` of a flight order, as created and as retrieved. */

export type OrderReply = { readonly order: SupplierOrder; readonly warnings: Warnings }

export function decodeOrderReply(tree: Raw, options: Partial<OfferReading> = {}): OrderReply {
  const data = rawOf(tree.data) ?? tree
  const reading = openReading(options)
  const locators = locatorsOf(data)
  if (data.type !== 'flight-order' || (locators.length === 0 && textOf(data.id) === null)) {
    throw new WireError('an order without an id and a record locator', '/data')
  }
  if (locators.length === 0) warn(reading.warnings, 'locator-missing', '/data/associatedRecords', 'no record locator')
  const sold = listOf(data.flightOffers)
  const offers = decodeOffers(sold, '/data/flightOffers', reading)
  const passengers = passengersOf(data, reading.travellers)
  const documents = documentsOf(data, reading)
  const status = statusOf(passengers, documents)
  return {
    order: {
      provider: 'amadeus',
      status,
      locators,
      reference: readReference(data),
      ticketBy:
        status === 'held'
          ? timeLimitOf(
              data,
              offers.map(offer => offer.ticketBy),
              reading,
            )
          : null,
      // what could not be read cannot be added
      total: offers.length < sold.length ? null : totalOf(offers.map(offer => offer.total)),
      passengers,
      slices: slicesOf(offers.map(offer => offer.slices)),
      documents,
      ...airlineRemarks(data),
      supplierContext: {
        orderId: textOf(data.id),
        travellers: reading.travellers ?? ownIds(data),
        confirmed: rawOf(data.ticketingAgreement)?.option === 'CONFIRM',
      },
    },
    warnings: reading.warnings,
  }
}

/** AirlineRemarkType of the order's schema: of other kinds none sets a time limit. */
const remarkTypes: ReadonlySet<string> = new Set(['ADVANCED_TICKET_TIME_LIMIT', 'OTHER_SERVICE'])

function airlineRemarks(data: Raw): Pick<SupplierOrder, 'remarks'> {
  const remarks = listOf(rawOf(data.remarks)?.airline).flatMap(item => {
    const remark = rawOf(item)
    const text = textOf(remark?.text)
    const carrier = textOf(remark?.airlineCode)
    return text && carrier && remarkTypes.has(textOf(remark?.subType) ?? '') ? [{ carrier, text, at: null }] : []
  })
  return remarks.length > 0 ? { remarks } : {}
}

/** GDS: the supplier's own record; else the system of an airline. */
function locatorsOf(data: Raw): readonly RecordLocator[] {
  const locators: RecordLocator[] = []
  for (const item of listOf(data.associatedRecords)) {
    const record = rawOf(item)
    const locator = textOf(record?.reference)?.toUpperCase()
    const system = textOf(record?.originSystemCode)
    const owner = system === null || system === 'GDS' || system === '1A' ? 'amadeus' : system
    if (!locator || locators.some(other => other.owner === owner && other.locator === locator)) continue
    if (owner === 'amadeus') locators.unshift({ owner, locator })
    else locators.push({ owner, locator })
  }
  return locators
}

function passengersOf(data: Raw, ids: Readonly<Record<string, PassengerId>> | null): readonly OrderPassenger[] {
  const types = typesOf(data)
  return listOf(data.travelers)
    .map(rawOf)
    .filter(traveller => traveller !== null)
    .map(traveller => {
      const wireId = idOf(traveller.id) ?? ''
      const name = rawOf(traveller.name)
      return {
        id: ids === null ? (wireId === '' ? null : `pax_${wireId}`) : (ids[wireId] ?? null),
        type: passengerTypeOf(types.get(wireId)),
        surname: words(name?.lastName, name?.secondLastName),
        givenNames: words(name?.firstName, name?.middleName),
      }
    })
}

function words(...parts: readonly unknown[]): string {
  return parts
    .map(textOf)
    .filter(part => part !== null)
    .join(' ')
}

/** Types stand in the offers, names in the travellers. */
function typesOf(data: Raw): ReadonlyMap<string, unknown> {
  const types = new Map<string, unknown>()
  for (const offer of listOf(data.flightOffers)) {
    for (const item of listOf(rawOf(offer)?.travelerPricings)) {
      const pricing = rawOf(item)
      const id = idOf(pricing?.travelerId)
      if (id !== null) types.set(id, pricing?.travelerType)
    }
  }
  return types
}

const documentStatuses: ReadonlyMap<unknown, DocumentStatus> = new Map([
  ['ISSUED', 'issued'],
  ['VOID', 'void'],
  ['REFUNDED', 'refunded'],
  ['EXCHANGED', 'exchanged'],
  // the ticket that another was issued for
  ['ORIGINAL', 'exchanged'],
])

function documentsOf(data: Raw, reading: OfferReading): readonly TravelDocument[] {
  const documents: TravelDocument[] = []
  for (const [i, item] of listOf(data.tickets).entries()) {
    const raw = rawOf(item)
    const digits = (idOf(raw?.documentNumber) ?? '').replace(/\D/g, '')
    const traveller = idOf(raw?.travelerId)
    if (digits.length !== 13 && digits.length !== 14) {
      warn(reading.warnings, 'document-unreadable', `/data/tickets/${i}`, 'a document number has 13 digits')
      continue
    }
    documents.push({
      kind: raw?.documentType === 'EMD' || raw?.documentType === 'MCO' ? 'emd' : 'ticket',
      // a 14th is a check digit
      number: digits.slice(0, 13),
      passengerId: traveller === null ? null : passengerIdOf(traveller, reading),
      status: documentStatuses.get(raw?.documentStatus) ?? 'issued',
    })
  }
  return documents
}

function passengerIdOf(wireId: string, { travellers }: OfferReading): PassengerId | null {
  return travellers === null ? `pax_${wireId}` : (travellers[wireId] ?? null)
}

/** Tickets that name nobody count for everybody. */
function statusOf(passengers: readonly OrderPassenger[], documents: readonly TravelDocument[]): SupplierOrderStatus {
  const issued = documents.filter(document => document.kind === 'ticket' && document.status === 'issued')
  if (issued.length === 0) return 'held'
  const named = new Set(issued.map(document => document.passengerId))
  const all = named.has(null) || passengers.every(passenger => named.has(passenger.id))
  return all ? 'ticketed' : 'partly-ticketed'
}

/** The earliest of what the agreement, the automatic processes and the offers say. */
function timeLimitOf(data: Raw, offers: readonly (string | null)[], { officeZone }: OfferReading): string | null {
  const agreement = rawOf(data.ticketingAgreement)
  const times: EpochMs[] = []
  const push = (local: string | null): void => {
    const instant = local === null ? undefined : findInstant(local, officeZone)
    if (instant !== undefined) times.push(instant)
  }
  if (agreement?.option !== 'CONFIRM') push(agreementTime(agreement) ?? delayTime(agreement, data))
  for (const process of listOf(data.automatedProcess)) push(localTimeOf(rawOf(process)?.dateTime))
  for (const limit of offers) if (limit !== null) times.push(Date.parse(limit))
  return times.length === 0 ? null : toInstant(Math.min(...times))
}

/** A date is its midnight: "when no time is specified, reservation is queued or cancelled at 00:00". */
function agreementTime(agreement: Raw | null): string | null {
  const text = textOf(agreement?.dateTime)
  return text === null ? null : localTimeOf(text.length === 10 ? `${text}T00:00:00` : text)
}

/** `6D` after the record was created. */
function delayTime(agreement: Raw | null, data: Raw): string | null {
  const days = /^(\d{1,3})D$/.exec(textOf(agreement?.delay) ?? '')?.[1]
  const created = localTimeOf(rawOf(listOf(data.associatedRecords)[0])?.creationDate)
  if (days === undefined || created === null) return null
  const midnight = Date.parse(`${created.slice(0, 10)}T00:00:00Z`) + Number(days) * dayMs
  return toInstant(midnight).slice(0, 19)
}

const dayMs = 86_400_000

function totalOf(totals: readonly Money[]): Money | null {
  const [first, ...rest] = totals
  if (!first) return null
  return rest.every(total => total.currency === first.currency) ? rest.reduce(add, first) : null
}

/** Several offers in one order: one journey, its segments numbered through. An order is of confirmed segments unless it
 *  says otherwise. */
function slicesOf(offers: readonly (readonly Slice[])[]): readonly Slice[] {
  let place = 0
  return offers.flat().map(slice => ({
    ...slice,
    segments: slice.segments.map(
      (segment): Segment => ({
        ...segment,
        id: `seg_${++place}`,
        status: segment.status ?? 'HK',
      }),
    ),
  }))
}

function ownIds(data: Raw): Readonly<Record<string, PassengerId>> {
  const ids = listOf(data.travelers)
    .map(item => idOf(rawOf(item)?.id))
    .filter(id => id !== null)
  return Object.fromEntries(ids.map((id): [string, PassengerId] => [id, `pax_${id}`]))
}
