/** Small messages of the official form, to be spoilt. */

const space = 'http://www.iata.org/IATA/2015/EASD/00/IATA_OffersAndOrders'

export function reply(name: string, content: string): string {
  return `<IATA_${name} xmlns="${space}Message"><Response xmlns:c="${space}CommonTypes">${content}</Response></IATA_${name}>`
}

const point = (name: string, airport: string, at: string): string =>
  `<${name}><AircraftScheduledDateTime>${at}</AircraftScheduledDateTime><IATA_LocationCode>${airport}</IATA_LocationCode></${name}>`

export const lists = `<DataLists>
 <DatedMarketingSegmentList><DatedMarketingSegment>${point('Arrival', 'JFK', '2027-03-10T11:20:00')}
  <CarrierDesigCode>BA</CarrierDesigCode><DatedMarketingSegmentId>DMS1</DatedMarketingSegmentId>
  <DatedOperatingSegmentRefId>DOS1</DatedOperatingSegmentRefId>${point('Dep', 'LHR', '2027-03-10T08:20:00')}
  <MarketingCarrierFlightNumberText>0117</MarketingCarrierFlightNumberText></DatedMarketingSegment></DatedMarketingSegmentList>
 <DatedOperatingSegmentList><DatedOperatingSegment><CarrierDesigCode>AA</CarrierDesigCode>
  <DatedOperatingSegmentId>DOS1</DatedOperatingSegmentId><Duration>PT8H0M0S</Duration></DatedOperatingSegment></DatedOperatingSegmentList>
 <PaxJourneyList><PaxJourney><PaxJourneyID>J1</PaxJourneyID><PaxSegmentRefID>S1</PaxSegmentRefID></PaxJourney></PaxJourneyList>
 <PaxList><Pax><PaxID>A1</PaxID><PTC>ADT</PTC></Pax><Pax><PaxID>A2</PaxID><PTC>ADT</PTC></Pax></PaxList>
 <PaxSegmentList><PaxSegment><DatedMarketingSegmentRefId>DMS1</DatedMarketingSegmentRefId>
  <MarketingCarrierRBD_Code>M</MarketingCarrierRBD_Code><PaxSegmentID>S1</PaxSegmentID></PaxSegment></PaxSegmentList>
 <PriceClassList><PriceClass><Name>Light</Name><PriceClassID>PC1</PriceClassID></PriceClass></PriceClassList>
</DataLists>`

export type ItemText = { readonly total: string; readonly base?: string; readonly people?: readonly string[] }

export function item({ total, base, people = ['A1', 'A2'] }: ItemText, index = 0): string {
  const refs = people.map(ref => `<PaxRefID>${ref}</PaxRefID>`).join('')
  const fare = `<FareDetail><FareComponent><FareBasisCode>MLIGHT</FareBasisCode><PaxSegmentRefID>S1</PaxSegmentRefID>
   <PriceClassRefID>PC1</PriceClassRefID></FareComponent>${refs}</FareDetail>`
  const service = `<Service><OfferServiceAssociation><PaxJourneyRef><PaxJourneyRefID>J1</PaxJourneyRefID></PaxJourneyRef>
   </OfferServiceAssociation>${refs}<ServiceID>SV${index}</ServiceID></Service>`
  const price = `<Price>${base === undefined ? '' : `<BaseAmount CurCode="GBP">${base}</BaseAmount>`}<TotalAmount CurCode="GBP">${total}</TotalAmount></Price>`
  return `<OfferItem>${fare}<OfferItemID>I${index}</OfferItemID>${price}${service}</OfferItem>`
}

export function offer(items: string, total?: string): string {
  const stated = total === undefined ? '' : `<TotalPrice><TotalAmount CurCode="GBP">${total}</TotalAmount></TotalPrice>`
  return `<Offer><OfferID>O1</OfferID>${items}<OwnerCode>BA</OwnerCode>${stated}</Offer>`
}

export function shop(...offers: readonly string[]): string {
  const group = `<OffersGroup><CarrierOffers>${offers.join('')}</CarrierOffers></OffersGroup>`
  return reply('AirShoppingRS', lists + group)
}
