import { many, one, type TwinRules } from './xml-twin.ts'

/** GroupedItineraryResponse: attributes with a capital letter, lists as repeated elements. */
export const groupedTwin: TwinRules = {
  elements: new Map([
    ['Message', many('messages')],
    ['ScheduleDesc', many('scheduleDescs')],
    ['TaxDesc', many('taxDescs')],
    ['TaxSummaryDesc', many('taxSummaryDescs')],
    ['FareComponentDesc', many('fareComponentDescs')],
    ['BaggageAllowanceDesc', many('baggageAllowanceDescs')],
    ['LegDesc', many('legDescs')],
    ['ItineraryGroup', many('itineraryGroups')],
    ['Departure', one('departure')],
    ['Arrival', one('arrival')],
    ['Carrier', one('carrier')],
    ['Equipment', one('equipment')],
    ['HiddenStop', many('hiddenStops')],
    ['Schedule', many('schedules')],
    ['Brand', one('brand')],
    ['GroupDescription', one('groupDescription')],
    ['LegDescription', many('legDescriptions')],
    ['Itinerary', many('itineraries')],
    ['Leg', many('legs')],
    ['PricingInformation', many('pricingInformation')],
    ['SoldOut', one('soldOut')],
    ['Offer', one('offer')],
    ['Fare', one('fare')],
    ['PassengerInfo', many('passengerInfoList', 'passengerInfo')],
    ['FareComponent', many('fareComponents')],
    ['FareComponent/Segment', many('segments', 'segment')],
    ['BaggageInformation/Segment', many('segments')],
    ['Tax', many('taxes')],
    ['TaxSummary', many('taxSummaries')],
    ['PassengerTotalFare', one('passengerTotalFare')],
    ['TotalFare', one('totalFare')],
    ['BaggageInformation', many('baggageInformation')],
    ['Allowance', one('allowance')],
    ['PenaltiesInfo', one('penaltiesInfo')],
    ['Penalty', many('penalties')],
  ]),
  attributeKey,
}

/** Named otherwise than with a small first letter. */
const keys = new Map([
  ['ID', 'id'],
  ['Stops', 'stopCount'],
  ['TotalTaxes', 'totalTaxAmount'],
  ['Pieces', 'pieceCount'],
])
const keysMax = 500

function attributeKey(name: string): string {
  let key = keys.get(name)
  if (key === undefined) {
    key = name.charAt(0).toLowerCase() + name.slice(1)
    if (keys.size < keysMax) keys.set(name, key)
  }
  return key
}
