import type { Segment } from '../../../core/itinerary.ts'
import { add, type Money } from '../../../core/money.ts'
import type { RecordLocator, SupplierOrder, TravelDocument } from '../../../core/order.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { documentStatusOf, ownIds, type TravellerNames } from './order.ts'
import { passengerTypeOf } from './pricing.ts'
import { given, type Reply } from './reply.ts'
import { localTime, withoutZeros } from './segments.ts'
import { readTraveller, type WireTraveller } from './universal-record.ts'

/** `air:ETR`: the electronic tickets of one traveller. */
export type ElectronicTicket = {
  readonly providerCode: string | null
  readonly providerLocator: string | null
  readonly airLocator: string | null
  readonly issuedDate: string
  readonly total: Money | undefined
  readonly traveller: WireTraveller | null
  readonly suppliers: readonly RecordLocator[]
  readonly tickets: readonly { readonly number: string; readonly status: string; readonly coupons: readonly Coupon[] }[]
}

export type Coupon = {
  readonly carrier: string
  readonly number: string
  readonly origin: string
  readonly destination: string
  readonly departureTime: string | null
  readonly arrivalTime: string | null
  readonly bookingClass: string
  readonly fareBasis: string
  readonly status: string
}

export function readElectronicTicket(reply: Reply): ElectronicTicket {
  const { scanner } = reply
  const depth = scanner.depth
  const providerCode = given(scanner.attribute('ProviderCode'))
  const providerLocator = given(scanner.attribute('ProviderLocatorCode'))
  const issuedDate = scanner.attribute('IssuedDate') ?? ''
  const total = reply.money(scanner.attribute('TotalPrice'))
  let airLocator: string | null = null
  let traveller: WireTraveller | null = null
  const suppliers: RecordLocator[] = []
  const tickets: ElectronicTicket['tickets'][number][] = []
  while (scanner.child(depth)) {
    switch (scanner.name) {
      case 'AirReservationLocatorCode':
        airLocator = given(scanner.elementText().trim())
        break
      case 'BookingTraveler':
        traveller = readTraveller(reply)
        break
      case 'SupplierLocator': {
        const locator = scanner.attribute('SupplierLocatorCode') ?? ''
        if (locator !== '') suppliers.push({ owner: scanner.attribute('SupplierCode') ?? '', locator })
        break
      }
      case 'Ticket':
        tickets.push(readTicket(reply))
        break
    }
  }
  return { providerCode, providerLocator, airLocator, issuedDate, total, traveller, suppliers, tickets }
}

function readTicket(reply: Reply): ElectronicTicket['tickets'][number] {
  const { scanner } = reply
  const depth = scanner.depth
  const number = scanner.attribute('TicketNumber') ?? ''
  const status = scanner.attribute('TicketStatus') ?? ''
  const coupons: Coupon[] = []
  while (scanner.child(depth)) {
    if (scanner.name !== 'Coupon') continue
    const at = scanner.attributes
    coupons.push({
      carrier: at.find('MarketingCarrier') ?? '',
      number: withoutZeros(at.find('MarketingFlightNumber') ?? ''),
      origin: at.find('Origin') ?? '',
      destination: at.find('Destination') ?? '',
      departureTime: given(at.find('DepartureTime')),
      arrivalTime: given(at.find('ArrivalTime')),
      bookingClass: at.find('BookingClass') ?? '',
      fareBasis: at.find('FareBasis') ?? '',
      status: at.find('Status') ?? '',
    })
  }
  return { number, status, coupons }
}

/** What tickets alone tell of an order. Undefined without any. */
export function ticketedOrder(
  tickets: readonly ElectronicTicket[],
  names: TravellerNames = ownIds,
): SupplierOrder | undefined {
  if (tickets.length === 0) return undefined
  const documents = tickets.flatMap(one => documentsOf(one, names))
  const issued = documents.some(document => document.status === 'issued')
  return {
    provider: 'travelport',
    status: issued ? 'ticketed' : 'cancelled',
    locators: locatorsOf(tickets),
    reference: null,
    ticketBy: null,
    total: totalOf(tickets),
    passengers: tickets.flatMap(({ traveller }) => {
      if (!traveller) return []
      const type = passengerTypeOf(traveller.code ?? '')
      return { id: names(traveller, type), type, surname: traveller.last, givenNames: traveller.first }
    }),
    slices: flightsOf(tickets).map(segment => assembleSlice([segment])),
    documents,
    supplierContext: { kind: 'tickets' },
  }
}

function documentsOf(one: ElectronicTicket, names: TravellerNames): readonly TravelDocument[] {
  const type = passengerTypeOf(one.traveller?.code ?? '')
  const passengerId = one.traveller ? names(one.traveller, type) : null
  return one.tickets
    .filter(ticket => /^\d{13}$/.test(ticket.number))
    .map(ticket => ({ kind: 'ticket', number: ticket.number, passengerId, status: documentStatusOf(ticket.status) }))
}

function locatorsOf(tickets: readonly ElectronicTicket[]): readonly RecordLocator[] {
  const locators = new Map<string, RecordLocator>()
  for (const one of tickets) {
    if (one.providerLocator) {
      locators.set(one.providerLocator, { owner: one.providerCode ?? '1G', locator: one.providerLocator })
    }
    for (const supplier of one.suppliers) locators.set(supplier.locator, supplier)
  }
  return [...locators.values()]
}

function totalOf(tickets: readonly ElectronicTicket[]): Money | null {
  let total: Money | null = null
  for (const one of tickets) {
    if (!one.total || (total && total.currency !== one.total.currency)) return null
    total = total ? add(total, one.total) : one.total
  }
  return total
}

/** Each flight once, whoever flies; open coupons name none. */
function flightsOf(tickets: readonly ElectronicTicket[]): readonly Segment[] {
  const flights = new Map<string, Segment>()
  for (const coupon of tickets.flatMap(one => one.tickets).flatMap(ticket => ticket.coupons)) {
    const departure = coupon.departureTime
    if (coupon.number === '' || departure === null || departure.length < 16) continue
    const key = `${coupon.carrier}${coupon.number} ${coupon.origin} ${departure}`
    if (!flights.has(key)) flights.set(key, couponSegment(coupon, departure, flights.size + 1))
  }
  return [...flights.values()]
}

function couponSegment(coupon: Coupon, departureTime: string, place: number): Segment {
  return {
    id: `seg_${place}`,
    marketing: { carrier: coupon.carrier, number: coupon.number },
    operating: { carrier: coupon.carrier, number: coupon.number, name: null },
    origin: coupon.origin,
    originTerminal: null,
    destination: coupon.destination,
    destinationTerminal: null,
    departure: localTime(departureTime),
    departureZone: null,
    arrival: localTime(coupon.arrivalTime ?? departureTime),
    arrivalZone: null,
    durationMinutes: null,
    aircraft: null,
    stops: [],
    marriageGroup: null,
    fares: [],
    status: null,
  }
}
