import { describe, expect, test } from 'vitest'
import type { SupplierOrder } from '../../../src/core/order.ts'
import { WireError } from '../../../src/core/wire-error.ts'
import { decodeOrderReply } from '../../../src/providers/amadeus/wire/order.ts'
import { offer, traveller } from './wire-offers.ts'

const person = (id: string, lastName = 'EXAMPLE'): Record<string, unknown> => ({
  id,
  dateOfBirth: '1990-12-10',
  name: { firstName: 'ADA', middleName: 'MARIA', lastName },
})

function read(more: Record<string, unknown> = {}): SupplierOrder {
  return decodeOrderReply({
    data: {
      type: 'flight-order',
      id: 'eJzTd9cP',
      associatedRecords: [
        { reference: 'R8TT2M', originSystemCode: 'BA', creationDate: '2027-01-01T10:00:00.000' },
        { reference: 'Q2X7PL', originSystemCode: 'GDS', creationDate: '2027-01-01T10:00:00.000' },
      ],
      flightOffers: [offer()],
      travelers: [person('1')],
      ticketingAgreement: { option: 'CONFIRM' },
      ...more,
    },
  }).order
}

const ticket = (documentNumber: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  documentType: 'ETICKET',
  documentNumber,
  documentStatus: 'ISSUED',
  travelerId: '1',
  ...more,
})
const two = {
  flightOffers: [
    offer({ travelerPricings: [traveller('1'), traveller('2')], price: { currency: 'EUR', grandTotal: '241.00' } }),
  ],
  travelers: [person('1'), person('2')],
}

describe('a flight order', () => {
  test('names the supplier’s own record first, then the airlines’', () => {
    expect(read().locators).toEqual([
      { owner: 'amadeus', locator: 'Q2X7PL' },
      { owner: 'BA', locator: 'R8TT2M' },
    ])
  })

  test('has its travellers by name and type, its flights confirmed, its total', () => {
    const order = read()
    expect(order.passengers).toEqual([{ id: 'pax_1', type: 'ADT', surname: 'EXAMPLE', givenNames: 'ADA MARIA' }])
    expect(order.slices[0]!.segments.map(({ id, status }) => [id, status])).toEqual([['seg_1', 'HK']])
    expect(order.total).toEqual({ amountMinor: 12_050, currency: 'EUR' })
  })

  test('is ticketed when everybody has a ticket, partly when some have, held when nobody has', () => {
    expect(read().status).toBe('held')
    expect(read({ tickets: [ticket('125-2400000001')] }).status).toBe('ticketed')
    expect(read({ ...two, tickets: [ticket('125-2400000001')] }).status).toBe('partly-ticketed')
    expect(
      read({ ...two, tickets: ['1', '2'].map(travelerId => ticket('125-2400000001', { travelerId })) }).status,
    ).toBe('ticketed')
    expect(read({ tickets: [ticket('125-2400000001', { documentStatus: 'VOID' })] }).status).toBe('held')
    expect(read({ tickets: [ticket('125-2400000001', { documentType: 'EMD' })] }).status).toBe('held')
  })

  test('tickets have 13 digits; a 14th is a check digit, fewer are none', () => {
    const numbers = ['125-2400000001', '12524000000013', '125 2400000002', '240000000']
    expect(read({ tickets: numbers.map(number => ticket(number)) }).documents.map(({ number }) => number)).toEqual([
      '1252400000001',
      '1252400000001',
      '1252400000002',
    ])
  })

  test('a held one lives until the earliest of its limits', () => {
    const limit = (ticketingAgreement: unknown, more: Record<string, unknown> = {}): string | null =>
      read({ ticketingAgreement, ...more }).ticketBy
    const cancel = 'DELAY_TO_CANCEL'
    expect(limit({ option: cancel })).toBe('2027-01-05T23:59:59Z')
    expect(limit({ option: cancel, delay: '3D' })).toBe('2027-01-04T00:00:00Z')
    expect(limit({ option: cancel, delay: '6D' })).toBe('2027-01-05T23:59:59Z')
    expect(limit({ option: cancel, dateTime: '2027-01-03' })).toBe('2027-01-03T00:00:00Z')
    expect(limit({ option: cancel }, { automatedProcess: [{ dateTime: '2027-01-02T18:00:00' }] })).toBe(
      '2027-01-02T18:00:00Z',
    )
    expect(limit({ option: 'CONFIRM' }, { tickets: [ticket('125-2400000001')] })).toBeNull()
  })

  test('several offers in one order are one journey and one total', () => {
    const order = read({ flightOffers: [offer(), offer({ id: '2' })] })
    expect(order.slices.flatMap(slice => slice.segments.map(segment => segment.id))).toEqual(['seg_1', 'seg_2'])
    expect(order.total?.amountMinor).toBe(24_100)
  })

  test('an offer in it that cannot be read leaves the total unsaid', () => {
    expect(read({ flightOffers: [offer(), offer({ price: null })] })).toMatchObject({
      total: null,
      locators: { length: 2 },
    })
  })

  test('gives our reference back, from whichever remark it stands in', () => {
    const general = ['FARELOOM', 'ONLINE BOOKING', 'FARELOOM K7M2QX'].map(text => ({
      subType: 'GENERAL_MISCELLANEOUS',
      text,
    }))
    expect(read({ remarks: { general } }).reference).toBe('K7M2QX')
    expect(read().reference).toBeNull()
  })

  test('without an id and a locator is none', () => {
    expect(() => read({ id: undefined, associatedRecords: [] })).toThrow(WireError)
    expect(() => decodeOrderReply({ data: { type: 'flight-offers-pricing' } })).toThrow(WireError)
  })
})
