/** What a traveller sends to book an offer, and what the run remembers of it. */
import type { Offer } from './answers.ts'
import type { Reply } from './client.ts'

export type BookingAttempt = {
  readonly idempotencyKey: string
  readonly body: string
  readonly reply: Reply
}

export function bookingBody(offer: Offer, nowMs: number): string {
  const year = new Date(nowMs).getUTCFullYear()
  const passengers = offer.passengers.flatMap(({ ids, type }) => ids.map(id => traveller(id, type, year)))
  return JSON.stringify({
    offerId: offer.id,
    passengers,
    contact: { email: 'load@example.com', phone: '+442071838750' },
    payment: { methodToken: 'tok_visa' },
    priceChange: { policy: 'refuse' },
    metadata: { from: 'load test' },
  })
}

const letters = 'ABCDEFGHIJ'

function traveller(id: string, type: string, year: number) {
  return {
    ...{ id, type, gender: 'F', surname: 'Loadtest' },
    givenNames: `Ada ${id.replace(/\D/g, '').replace(/\d/g, digit => letters[Number(digit)]!)}`,
    birthDate: `${year - (type === 'CHD' ? 8 : 34)}-01-02`,
    document: {
      ...{ type: 'passport', number: 'X1234567', issuingCountry: 'GB', nationality: 'GB' },
      expiryDate: `${year + 8}-01-01`,
    },
  }
}
