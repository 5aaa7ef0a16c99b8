import { randomUUID } from 'node:crypto'

/** What an OTA front end does, over HTTP. */
export type Json = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: foreign JSON, as a front end sees it
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: any }

export async function send(
  baseUrl: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  }
}

export function daysAhead(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}

export function searchFor(origin: string, destination: string, more: Json = {}): Json {
  return {
    slices: [{ origin, destination, departureDate: daysAhead(60) }],
    passengers: [{ type: 'ADT' }],
    currency: 'EUR',
    pointOfSale: 'GB',
    ...more,
  }
}

export function bookingOf(offer: Answer['body'], more: Json = {}): Json {
  const passengers = offer.passengers.flatMap((entry: Answer['body']) =>
    entry.ids.map((id: string, index: number) => traveller(id, entry.type, `${entry.type}${index}`)),
  )
  return {
    offerId: offer.id,
    passengers,
    contact: { email: 'ada@example.com', phone: '+442071838750' },
    payment: { methodToken: 'tok_visa' },
    ...more,
  }
}

const letters = (text: string): string => text.replace(/\d/g, digit => 'ABCDEFGHIJ'[Number(digit)]!)

function traveller(id: string, type: string, name: string): Json {
  const years = type === 'CHD' ? 8 : type === 'INF' || type === 'INS' ? 1 : 34
  return {
    id,
    type,
    givenNames: letters(name),
    surname: 'Example',
    birthDate: `${new Date().getUTCFullYear() - years}-01-02`,
    gender: 'F',
    document: {
      type: 'passport',
      number: 'X1234567',
      issuingCountry: 'GB',
      expiryDate: '2035-01-01',
      nationality: 'GB',
    },
    ...(type === 'INF' ? { adultId: 'pax_1' } : {}),
  }
}

export function book(baseUrl: string, body: Json, key: string = randomUUID()): Promise<Answer> {
  return send(baseUrl, 'POST', '/v1/bookings', body, { 'idempotency-key': key })
}
