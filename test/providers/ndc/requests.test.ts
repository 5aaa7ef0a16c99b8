import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeAirShopping } from '../../../src/providers/ndc/wire/air-shopping.ts'
import { decodeOrderCreate } from '../../../src/providers/ndc/wire/create-request.ts'
import {
  decodeCancelQuote,
  decodeOrderChange,
  decodeOrderList,
  decodeOrderRetrieve,
} from '../../../src/providers/ndc/wire/order-requests.ts'
import { decodeOfferPrice } from '../../../src/providers/ndc/wire/price-request.ts'
import { type ReadRequest, readRequest } from '../../../src/providers/ndc/wire/requests.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'

/** What the simulator makes of a request, as far as it is about something that it does. */
function understand({ name, request }: ReadRequest): void {
  switch (name) {
    case 'AirShoppingRQ': {
      const { slices, passengers } = decodeAirShopping(request, { country: null })
      expect(slices.length).toBeGreaterThan(0)
      for (const slice of slices) {
        expect(`${slice.origin}${slice.destination}`).toMatch(/^[A-Z]{6}$/)
        expect(slice.date).toMatch(/^\d{4}-\d\d-\d\d$/)
      }
      expect(passengers.length).toBeGreaterThan(0)
      return
    }
    case 'OfferPriceRQ': {
      const { selected, passengers } = decodeOfferPrice(request)
      const refs = passengers.map(one => one.ref)
      expect(selected.items.length).toBeGreaterThan(0)
      expect(refs).toEqual(expect.arrayContaining(selected.items.flatMap(item => item.passengers)))
      return
    }
    case 'OrderCreateRQ': {
      const { selected, travellers } = decodeOrderCreate(request)
      expect(selected.items.length).toBeGreaterThan(0)
      for (const one of travellers) expect(one.surname).toMatch(/\w/)
      return
    }
    case 'OrderRetrieveRQ': {
      const { orderId, bookingId } = decodeOrderRetrieve(request)
      expect(orderId ?? bookingId).toMatch(/^\w{6,}$/)
      return
    }
    case 'OrderListRQ':
      expect(Date.parse(decodeOrderList(request).from!)).toBeGreaterThan(0)
      return
    case 'OrderReshopRQ':
      decodeCancelQuote(request)
      return
    case 'OrderChangeRQ':
      expect(decodeOrderChange(request).orderId).toMatch(/^VS932\w{6}\d\d$/)
      return
    default:
      expect(name).toMatch(/RQ$/)
  }
}

describeFixtures('official requests of 21.3', dir => {
  const files = readdirSync(join(dir, 'ndc-21.3')).filter(
    name => /rq.*\.xml$/i.test(name) && !/rs_|rs\.|notif/i.test(name),
  )

  test('are there', () => {
    expect(files.length).toBeGreaterThan(20)
  })

  test.each(files)('%s is read by the simulator', file => {
    const message = readRequest(readFixture('ndc-21.3', file))
    expect(message.sellerId).toMatch(/\d+/)
    understand(message)
  })

  test('a hold has no payment, an order that is ticketed at once has', () => {
    const paid = (file: string): boolean => decodeOrderCreate(readRequest(readFixture('ndc-21.3', file)).request).paid
    expect(paid('ordercreate.ordercreateRQ_hold_booking.xml')).toBe(false)
    expect(paid('ordercreate.OrderCreateRQ_Instant_Purchase_Service_Added_Order.xml')).toBe(true)
  })

  test('a change says what it is', () => {
    const kind = (file: string): string => decodeOrderChange(readRequest(readFixture('ndc-21.3', file)).request).kind
    expect(kind('orderchange.OC_NonRFC_OrderChangeCancelRQ.xml')).toBe('cancel')
    expect(kind('orderchange.orderchangeRQ_confirm_held_booking_with_gender_and_dob_online_seller.xml')).toBe('pay')
  })
})
