import { describe, expect, test } from 'vitest'
import { ticketName } from '../../src/booking/names.ts'
import type { BookingPassenger, CreateBookingRequest } from '../../src/booking/port.ts'
import { validateBooking } from '../../src/booking/validate.ts'
import { ProblemError } from '../../src/core/problem.ts'
import { ada, ben, bookingRequest, now, type SampleOptions, storedOffer } from './sample.ts'

/** Departs LHR 2027-03-10, returns from JFK 2027-03-17; today is 2027-01-05. */
function errorsOf(more: Partial<CreateBookingRequest>, options: SampleOptions = {}): readonly string[] {
  const stored = storedOffer(options)
  try {
    validateBooking(bookingRequest(stored, more), stored, now)
    return []
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    expect([error.type, error.status]).toEqual(['validation', 422])
    return error.errors.map(({ pointer, code }) => `${pointer} ${code}`)
  }
}

const with2 = (second: Partial<BookingPassenger>, type: BookingPassenger['type'] = 'ADT') =>
  errorsOf(
    { passengers: [ada, { ...ben, type, ...second }] },
    {
      passengers: [
        ['pax_1', 'ADT'],
        ['pax_2', type],
      ],
    },
  )

test('a good request passes', () => {
  expect(errorsOf({})).toEqual([])
})

test('all errors are listed at once, each with its place', () => {
  expect(
    errorsOf({
      passengers: [
        { ...ada, surname: 'Ex4mple' },
        { ...ben, birthDate: '2027-02-30' },
      ],
      contact: { email: 'nobody', phone: '0207' },
      payment: undefined,
    }),
  ).toEqual([
    '/passengers/0/surname not-on-a-ticket',
    '/passengers/1/birthDate not-a-date',
    '/contact/email not-an-email',
    '/contact/phone not-e164',
    '/payment required',
  ])
})

describe('passengers are those of the offer', () => {
  test.each([
    ['one is missing', [ada], ['/passengers passengers-missing']],
    ['one is unknown', [ada, ben, { ...ben, id: 'pax_3', surname: 'Third' }], ['/passengers/2/id unknown-passenger']],
    [
      'one comes twice',
      [ada, { ...ben, id: 'pax_1' }],
      ['/passengers/1/id duplicate-id', '/passengers passengers-missing'],
    ],
    ['of another type', [ada, { ...ben, type: 'SRC', birthDate: '1950-01-01' }], ['/passengers/1/type type-differs']],
  ] as [string, BookingPassenger[], string[]][])('%s', (_, passengers, expected) => {
    expect(errorsOf({ passengers })).toEqual(expected)
  })
})

describe('ages are counted on the day of travel', () => {
  test.each([
    ['ADT', '2015-03-10', []],
    ['ADT', '2015-03-11', ['/passengers/1/birthDate age-does-not-fit']],
    ['CHD', '2025-03-10', []],
    ['CHD', '2025-03-11', ['/passengers/1/birthDate age-does-not-fit']],
    ['CHD', '2015-03-11', []],
    ['CHD', '2015-03-10', ['/passengers/1/birthDate age-does-not-fit']],
    ['INS', '2025-03-18', []],
    ['INS', '2025-03-17', ['/passengers/1/birthDate infant-too-old']],
    ['INS', '2025-03-10', ['/passengers/1/birthDate age-does-not-fit']],
    ['INS', '2027-01-06', ['/passengers/1/birthDate in-future']],
    ['YTH', '2001-03-11', []],
    ['YTH', '2001-03-10', ['/passengers/1/birthDate age-does-not-fit']],
    ['SRC', '1972-03-10', []],
    ['SRC', '1972-03-11', ['/passengers/1/birthDate age-does-not-fit']],
  ] as const)('%s born %s', (type, birthDate, expected) => {
    expect(with2({ birthDate }, type)).toEqual(expected)
  })

  test('an infant who turns 2 before the last flight is refused, on a lap too', () => {
    expect(with2({ birthDate: '2025-03-17', adultId: 'pax_1' }, 'INF')).toEqual([
      '/passengers/1/birthDate infant-too-old',
    ])
    expect(with2({ birthDate: '2025-03-18', adultId: 'pax_1' }, 'INF')).toEqual([])
  })

  test('who is born on 29 February is older from 1 March', () => {
    expect(with2({ birthDate: '2024-02-29' }, 'CHD')).toEqual([])
    expect(with2({ birthDate: '2023-02-29' }, 'CHD')).toEqual(['/passengers/1/birthDate not-a-date'])
  })
})

describe('a lap infant names its adult', () => {
  const lap = (more: Partial<BookingPassenger>) => with2({ birthDate: '2026-06-01', ...more }, 'INF')
  test.each([
    ['nobody', {}, 'required'],
    ['a stranger', { adultId: 'pax_9' }, 'not-an-adult'],
    ['itself', { adultId: 'pax_2' }, 'not-an-adult'],
  ])('%s', (_, more, code) => {
    expect(lap(more)).toEqual([`/passengers/1/adultId ${code}`])
  })

  test('one lap, one infant', () => {
    const infant = (id: string, surname: string): BookingPassenger => ({
      id,
      type: 'INF',
      givenNames: 'Tiny',
      surname,
      birthDate: '2026-06-01',
      adultId: 'pax_1',
    })
    const passengers = [ada, infant('pax_2', 'One'), infant('pax_3', 'Two')]
    const offered = {
      passengers: [
        ['pax_1', 'ADT'],
        ['pax_2', 'INF'],
        ['pax_3', 'INF'],
      ],
    } as const
    expect(errorsOf({ passengers }, offered)).toEqual(['/passengers/2/adultId lap-taken'])
  })

  test('nobody else does', () => {
    expect(with2({ adultId: 'pax_1' })).toEqual(['/passengers/1/adultId not-a-lap-infant'])
  })
})

describe('names are what a ticket can hold', () => {
  test.each([
    ['Müller-Lüdenscheidt', 'MUELLER LUEDENSCHEIDT'],
    ["O'Neill", 'ONEILL'],
    ['Ångström', 'AANGSTROEM'],
    ['Łukasz', 'LUKASZ'],
    ['Þór', 'THOR'],
    ['Strauß', 'STRAUSS'],
    ['Nguyễn Thị', 'NGUYEN THI'],
    ['Ñandú', 'NANDU'],
    ['Щербаков', 'SHCHERBAKOV'],
    ['Dvořák', 'DVORAK'],
    ['  de   la Cruz ', 'DE LA CRUZ'],
    ['Jr.', 'JR'],
  ])('%s is %s on the ticket', (name, expected) => {
    expect(ticketName(name)).toBe(expected)
  })

  test.each([
    ['a digit', 'Ada2'],
    ['emoji', 'Ada😀'],
    ['a script without a table', '王'],
    ['a slash', 'A/B'],
    ['a line break with a command', 'A\u0000B'],
  ])('%s is refused', (_, surname) => {
    expect(with2({ surname })).toEqual(['/passengers/1/surname not-on-a-ticket'])
  })

  test.each([
    ['surname', 'A'.repeat(29), []],
    ['surname', 'A'.repeat(30), ['/passengers/1/surname name-too-long']],
    ['surname', 'Ü'.repeat(15), ['/passengers/1/surname name-too-long']],
    ['surname', "''", ['/passengers/1/surname required']],
    ['givenNames', `${'A'.repeat(20)} ${'B'.repeat(20)}`, []],
    ['givenNames', 'A'.repeat(30), ['/passengers/1/givenNames name-too-long']],
  ] as const)('%s of %s', (field, name, expected) => {
    expect(with2({ [field]: name })).toEqual(expected)
  })

  test('middle names go first where there is no room', () => {
    const stored = storedOffer()
    const second = { ...ben, givenNames: 'Johannes Chrysostomus Wolfgangus Theophilus' }
    const party = validateBooking(bookingRequest(stored, { passengers: [ada, second] }), stored, now)
    expect(party.travellers[1]).toMatchObject({ givenNames: 'JOHANNES CHRYSOSTOMUS' })
  })

  test('two who are the same on the ticket are refused', () => {
    expect(with2({ givenNames: 'ÁDA', surname: 'exam-ple' })).toEqual([])
    expect(with2({ givenNames: 'ÁDA', surname: 'EXAMPLE' })).toEqual(['/passengers/1/surname duplicate-name'])
  })

  test('no error repeats what was given', () => {
    const stored = storedOffer()
    const passengers = [
      { ...ada, surname: 'S3cret' },
      { ...ben, birthDate: '1066-10-14' },
    ]
    const request = bookingRequest(stored, { passengers, contact: { email: 'secret', phone: 'secret' } })
    const error = (() => {
      try {
        return validateBooking(request, stored, now)
      } catch (thrown) {
        return thrown as ProblemError
      }
    })() as ProblemError
    expect(JSON.stringify([error.message, error.errors])).not.toMatch(/S3cret|1066|secret/)
  })
})

describe('documents', () => {
  const document = ada.document!
  const given = (more: Partial<typeof document>) =>
    errorsOf({ passengers: [{ ...ada, document: { ...document, ...more } }, ben] })

  test('are required of everybody where the airline asks for them', () => {
    expect(errorsOf({}, { requirements: { documents: 'required' } })).toEqual(['/passengers/1/document required'])
  })

  test.each([
    [{ expiryDate: '2027-03-16' }, 'expiryDate document-expired'],
    [{ expiryDate: '2027-02-29' }, 'expiryDate not-a-date'],
    [{ issuingCountry: 'ZZ' }, 'issuingCountry unknown-country'],
    [{ nationality: 'XX' }, 'nationality unknown-country'],
    [{ number: 'X!' }, 'number not-a-document-number'],
  ])('%j', (more, expected) => {
    expect(given(more)).toEqual([`/passengers/0/document/${expected}`])
  })

  test('valid to the last day of travel will do', () => {
    expect(given({ expiryDate: '2027-03-17' })).toEqual([])
  })

  test('gender where the airline asks for it', () => {
    expect(errorsOf({}, { requirements: { gender: true } })).toEqual(['/passengers/1/gender required'])
  })

  test('loyalty of a known airline', () => {
    expect(with2({ loyalty: { carrier: 'BA', number: '4111 1111 1111 1111' } })).toEqual([])
    expect(with2({ loyalty: { carrier: '!!', number: '?' } })).toEqual([
      '/passengers/1/loyalty/carrier unknown-airline',
      '/passengers/1/loyalty/number not-a-loyalty-number',
    ])
  })
})

describe('contact, payment, price change, extras', () => {
  test.each([
    [{ email: 'a@b.co', phone: '+442071838750' }, []],
    [{ email: 'ada.example+x@mail.example.travel', phone: '+44 (0)20 7183-8750' }, []],
    [{ email: 'a@b', phone: '+442071838750' }, ['/contact/email not-an-email']],
    [{ email: 'a\u0000@c.de', phone: '+442071838750' }, ['/contact/email not-an-email']],
    [{ email: 'a b@c.de', phone: '+442071838750' }, ['/contact/email not-an-email']],
    [{ email: 'a@b.de', phone: '+0123456789' }, ['/contact/phone not-e164']],
    [{ email: 'a@b.de', phone: '+12345678901234567' }, ['/contact/phone not-e164']],
  ])('%j', (contact, expected) => {
    expect(errorsOf({ contact })).toEqual(expected)
  })

  test.each([
    ['no payment and no hold', { payment: undefined }, ['/payment required']],
    ['payment with hold', { hold: true }, ['/payment not-with-hold']],
    ['hold without payment', { hold: true, payment: undefined }, []],
    ['a token with a line break', { payment: { methodToken: 'tok\n' } }, ['/payment/methodToken not-a-token']],
  ])('%s', (_, more, expected) => {
    expect(errorsOf(more)).toEqual(expected)
  })

  test.each([
    [{ amount: '10.00', currency: 'EUR' }, []],
    [{ amount: '10.00', currency: 'USD' }, ['/priceChange/upTo/currency other-currency']],
    [{ amount: '-1.00', currency: 'EUR' }, ['/priceChange/upTo/amount not-an-amount']],
    [{ amount: '1.005', currency: 'EUR' }, ['/priceChange/upTo/amount not-an-amount']],
  ])('a rise up to %j', (upTo, expected) => {
    expect(errorsOf({ priceChange: { policy: 'accept', upTo } })).toEqual(expected)
  })

  test('services are not sold yet, metadata has its bounds', () => {
    const metadata = { ['k'.repeat(65)]: 'x', ok: 'y'.repeat(513) }
    expect(errorsOf({ services: [{}], metadata })).toEqual([
      '/services not-supported',
      `/metadata/${'k'.repeat(64)} too-long`,
      '/metadata/ok too-long',
    ])
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'x']))
    expect(errorsOf({ metadata: many })).toEqual(['/metadata too-many'])
  })
})
