import { expect, test } from 'vitest'
import { decodeOrderReply } from '../../src/providers/amadeus/wire/order.ts'
import { airlineRemarksOf } from '../../src/providers/sabre/wire/remarks.ts'
import { loadDecode } from '../../src/providers/codes.ts'

/** What airlines write into an order reaches booking/, which reads time limits from it. */

test('Amadeus: remarks of the airline that may set a time limit', () => {
  const data = {
    type: 'flight-order',
    id: 'eJzT',
    associatedRecords: [{ reference: 'Q2X7PL', originSystemCode: 'GDS' }],
    travelers: [],
    flightOffers: [],
    remarks: {
      airline: [
        { subType: 'ADVANCED_TICKET_TIME_LIMIT', airlineCode: 'BA', text: 'TO BA BY 06JAN 1700 OTHERWISE WILL BE XLD' },
        { subType: 'KEYWORD', airlineCode: 'BA', text: 'NOT THIS' },
        { subType: 'OTHER_SERVICE', text: 'NO AIRLINE' },
      ],
    },
  }
  expect(decodeOrderReply({ data }).order.remarks).toEqual([
    { carrier: 'BA', text: 'TO BA BY 06JAN 1700 OTHERWISE WILL BE XLD', at: null },
  ])
  expect(decodeOrderReply({ data: { ...data, remarks: {} } }).order.remarks).toBeUndefined()
})

test('Sabre: special services of the airline, that of the first flight where it names none', () => {
  const body = {
    flights: [{ airlineCode: 'AA' }],
    specialServices: [
      { code: 'ADTK', message: 'TO AA BY 06JAN 1700 DFW TIME ZONE OTHERWISE WILL BE XLD' },
      { code: 'OTHS', airlineCode: 'BA', message: 'PLS TICKET BY 07JAN' },
      { code: 'CTCM', message: '442071838750' },
    ],
  }
  expect(airlineRemarksOf(body).map(({ carrier, text }) => [carrier, text.slice(0, 6)])).toEqual([
    ['AA', 'TO AA '],
    ['BA', 'PLS TI'],
  ])
})

test('Travelport: incoming remarks with their time, and SSRs', async () => {
  const decode = await loadDecode('travelport')
  const record = (parts: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body>
<universal:UniversalRecordRetrieveRsp xmlns:universal="http://www.travelport.com/schema/universal_v52_0"
  xmlns:air="http://www.travelport.com/schema/air_v52_0" xmlns:common="http://www.travelport.com/schema/common_v52_0">
<universal:UniversalRecord LocatorCode="ABC123" Version="1" Status="Active">
<air:AirReservation LocatorCode="AIR123">${parts}</air:AirReservation>
</universal:UniversalRecord></universal:UniversalRecordRetrieveRsp></SOAP:Body></SOAP:Envelope>`
  const text = record(`
<common:GeneralRemark SupplierCode="KL" Direction="Incoming" CreateDate="2027-01-05T10:13:00.000+00:00">
  <common:RemarkData>ADTK1GTOKL BY 06JAN27/1700Z OTHERWISE WILL BE XXLD</common:RemarkData></common:GeneralRemark>
<common:GeneralRemark Direction="Outgoing"><common:RemarkData>OURS</common:RemarkData></common:GeneralRemark>
<common:SSR Type="OTHS" Carrier="AF" FreeText="AUTO XX IF SSR TKNE NOT RCVD BY AF BY 07JAN27 1800"/>
<common:SSR Type="CTCM" Carrier="AF" FreeText="442071838750"/>`)
  const { order } = decode(Buffer.from(text))
  expect(order?.remarks?.map(({ carrier, text: said, at }) => [carrier, said.slice(0, 5), at])).toEqual([
    ['KL', 'ADTK1', '2027-01-05T10:13:00Z'],
    ['AF', 'AUTO ', null],
  ])
})
