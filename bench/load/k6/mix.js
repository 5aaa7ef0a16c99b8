// The mix of bench/load in short, without anything of k6's: routes by rank, dates, parties, the chances of a next step.
export const routes = [
  'LHR-JFK', 'MAD-BCN', 'CDG-NCE', 'FRA-LHR', 'LHR-DXB', 'AMS-LHR', 'FCO-MXP', 'LGW-BCN', 'MUC-BER', 'LHR-EDI',
  'JFK-LAX', 'DUB-LHR', 'ORD-LGA', 'SIN-KUL', 'SYD-MEL', 'LIS-MAD', 'CPH-OSL', 'ARN-CPH', 'ZRH-LHR', 'VIE-FRA',
  'MAN-AMS', 'ATH-LHR', 'CDG-JFK', 'FRA-PMI', 'LHR-HKG', 'BRU-GVA', 'LYS-LIS', 'HAM-MUC', 'DUS-PMI', 'OSL-LHR',
]

const popular = [
  { day: 12, nights: 3 }, { day: 30, nights: 7 }, { day: 19, nights: 2 }, { day: 5, nights: 0 },
  { day: 61, nights: 14 }, { day: 26, nights: 3 }, { day: 45, nights: 7 }, { day: 110, nights: 10 },
]
const parties = ['ADT', 'ADT', 'ADT', 'ADT', 'ADT', 'ADT', 'ADT ADT', 'ADT ADT', 'ADT ADT', 'ADT ADT CHD']
const weights = routes.map((_, rank) => 1 / (rank + 1))
const weightOfAll = weights.reduce((sum, each) => sum + each, 0)

/** Chances of a step after the one before it, for so many searches a booking. */
export function chancesFor(lookToBook) {
  if (lookToBook === 0) return { page: 0.25, price: 0, book: 0 }
  const price = Math.min(1, 3 / lookToBook)
  return { page: 0.25, price, book: 1 / lookToBook / price }
}

export function requestsPerVisit({ page, price, book }) {
  return 1 + page + price + price * book
}

/** `random` in [0, 1), `nowMs` since 1970. */
export function nextSearch(random, nowMs) {
  const [origin, destination] = nextRoute(random).split('-')
  const trip = random() < 0.6 ? pick(popular, random) : { day: leadTime(random), nights: Math.floor(random() * 15) }
  const date = days => new Date(nowMs + days * 86400000).toISOString().slice(0, 10)
  const out = { origin, destination, departureDate: date(trip.day) }
  const back = { origin: destination, destination: origin, departureDate: date(trip.day + trip.nights) }
  const passengers = pick(parties, random).split(' ').map(type => (type === 'CHD' ? { type, age: 8 } : { type }))
  return { slices: trip.nights === 0 ? [out] : [out, back], passengers }
}

/** `offer` as the price confirmation gives it. */
export function bookingFor(offer, nowMs) {
  const year = new Date(nowMs).getUTCFullYear()
  const letters = text => text.replace(/\D/g, '').replace(/\d/g, digit => 'ABCDEFGHIJ'[digit])
  const traveller = (id, type) => ({
    id, type, gender: 'F', givenNames: `Ada ${letters(id)}`, surname: 'Loadtest',
    birthDate: `${year - (type === 'CHD' ? 8 : 34)}-01-02`,
    document: {
      type: 'passport', number: 'X1234567', issuingCountry: 'GB', nationality: 'GB', expiryDate: `${year + 8}-01-01`,
    },
  })
  return {
    offerId: offer.id,
    passengers: offer.passengers.flatMap(({ ids, type }) => ids.map(id => traveller(id, type))),
    contact: { email: 'load@example.com', phone: '+442071838750' },
    payment: { methodToken: 'tok_visa' },
    priceChange: { policy: 'refuse' },
  }
}

function nextRoute(random) {
  let left = random() * weightOfAll
  const index = weights.findIndex(weight => (left -= weight) < 0)
  return routes[index < 0 ? 0 : index]
}

function leadTime(random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.min(330, Math.max(1, Math.round(35 * Math.exp(1.15 * normal))))
}

function pick(items, random) {
  return items[Math.floor(random() * items.length)]
}
