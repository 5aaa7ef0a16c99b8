import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { listAirlines } from '../../src/reference/airlines.ts'
import { airportsOf, getAirport, listCities } from '../../src/reference/airports.ts'
import { homeZoneOf } from '../../src/reference/carrier-homes.ts'
import { earliestTicketBy, findTimeLimit } from '../../src/reference/time-limit.ts'
import { describeFixtures, readFixture } from '../support/fixtures.ts'

const at = '2027-01-05T10:00:00Z'
const atMs = Date.parse(at)

const limitOf = (text: string, carrier = 'SU', origin = 'SVO', written = atMs) =>
  findTimeLimit({ text, carrier, origin, atMs: written })
const instant = (local: string, zone: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).toInstant().toString()
const two = (n: number) => String(n).padStart(2, '0')
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

describeFixtures('wordings of airlines', () => {
  const templates = readFixture('ssr-time-limits', 'templates.csv')
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map(line => /^([^;]*);([^;]*);(.*)$/.exec(line)!)
    .map(([, carrier, zone, template]) => ({ carrier: carrier!, zone: zone!, template: template! }))

  const cities = listCities()
    .filter(({ code }) => code.length === 3 && airportsOf(code).some(airport => getAirport(airport).scheduled))
    // of these letters another meaning is the first: a clock, a weekday, a small word
    .filter(({ code }) => !/^([ECMPHABJWK][SED]?[SD]?T|EET|WET|CET|THE|FOR|DUE|PLS|AGT|SUN|MON|SAT|THU)$/.test(code))
    .map(({ code, country }) => ({ code, country, zone: getAirport(airportsOf(code)[0]!).zone }))
  const zoneOf = (code: string) => getAirport(airportsOf(code)[0]!).zone

  const values = fc.record({
    written: fc.integer({ min: Date.parse('2025-01-01T00:00:00Z'), max: Date.parse('2031-12-31T00:00:00Z') }),
    days: fc.integer({ min: 2, max: 360 }),
    minute: fc.integer({ min: 0, max: 1439 }),
    city: fc.constantFrom(...cities),
    origin: fc.constantFrom('SVO', 'LHR', 'JFK', 'SIN', 'HNL', 'AKL', 'DEL'),
    flight: fc.integer({ min: -5, max: 330 }),
    hours: fc.integer({ min: 1, max: 96 }),
    letter: fc.constantFrom('Y', 'B', 'M', 'Q'),
  })
  type Values = typeof values extends fc.Arbitrary<infer T> ? T : never

  const fill = (template: string, v: Values) => {
    const dated = (ms: number, prefix: string) => {
      const date = new Date(ms)
      return {
        [`${prefix}dd`]: two(date.getUTCDate()),
        [`${prefix}MMM`]: months[date.getUTCMonth()]!,
        [`${prefix}MM`]: two(date.getUTCMonth() + 1),
        [`${prefix}yy`]: two(date.getUTCFullYear() % 100),
        [`${prefix}yyyy`]: String(date.getUTCFullYear()),
        [`${prefix}HH`]: two(date.getUTCHours()),
        [`${prefix}mm`]: two(date.getUTCMinutes()),
      }
    }
    const limit = dated(v.written + v.days * 86_400_000, '')
    const fields: Record<string, string> = {
      ...limit,
      HH: two(Math.floor(v.minute / 60)),
      mm: two(v.minute % 60),
      cty: v.city.code,
      country: v.city.country,
      fltnum: String(100 + v.days),
      ...dated(v.written + v.flight * 86_400_000, 'flt'),
      ...dated(v.written, 'msg'),
      cls: v.letter,
      segstat: 'HK',
      paxnum: '1',
      '+HH': String(v.hours),
    }
    const text = template.replace(/\{([^}]+)\}/g, (_, key: string) => fields[key]!)
    const time = template.includes('{HH}') ? `${fields.HH}:${fields.mm}` : '23:59'
    return { text, local: `${limit.yyyy}-${limit.MM}-${limit.dd}T${time}` }
  }

  const expected = (carrier: string, zone: string, template: string, local: string, v: Values) => {
    if (zone === 'not needed') {
      const hours = v.hours * 3_600_000
      return Temporal.Instant.fromEpochMilliseconds(v.written + hours).toString()
    }
    if (zone === 'GMT') return instant(local, 'UTC')
    if (zone === 'city in the message') return instant(local, v.city.zone)
    if (template.includes('BOARD POINT')) return instant(local, zoneOf(v.origin))
    const clocks = ['UTC', homeZoneOf(carrier)!, zoneOf(v.origin)]
    if (template.includes('{cty}')) clocks.push(v.city.zone)
    if (template.includes(' MOW ')) clocks.push('Europe/Moscow')
    return clocks.map(clock => instant(local, clock)).sort()[0]!
  }

  it.each(templates)('$carrier says when: $template', ({ carrier, zone, template }) => {
    fc.assert(
      fc.property(values, v => {
        const { text, local } = fill(template, v)
        const found = limitOf(text, carrier, v.origin, v.written)
        const wanted = expected(carrier, zone, template, local, v)
        const seconds = (s: string | undefined) => (s === undefined ? undefined : Date.parse(s))
        expect({ text, at: seconds(found?.ticketBy) }).toEqual({ text, at: seconds(wanted) })
      }),
      { numRuns: 100 },
    )
  })
})

describe('wordings that no list holds', () => {
  const moscow = 'Europe/Moscow'
  it.each([
    ['SSR ADTK 1S BY 08JAN27 1800 MOW LT OR SU SPACE WILL BE CXLD', '2027-01-08T15:00:00Z', moscow],
    ['AUTO XX IF SSR TKNE NOT RCVD BY SU BY 08JAN27 1800/MOW LT', '2027-01-08T15:00:00Z', moscow],
    ['PLS TICKET NLT 08JAN 18:00 UTC', '2027-01-08T18:00:00Z', 'UTC'],
    ['TKT TL 08JAN27/1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['TICKETING TIMELIMIT IS 08 JAN 2027 AT 18.00 GMT', '2027-01-08T18:00:00Z', 'UTC'],
    ['TKT TIME LIMIT 1800 HRS 08JAN DEL LT', '2027-01-08T12:30:00Z', 'Asia/Kolkata'],
    ['TKTG DEADLINE: 2027-01-08T18:00Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['KINDLY ISSUE TKTS PRIOR TO 08JAN27 0600PM DEL TIME', '2027-01-08T12:30:00Z', 'Asia/Kolkata'],
    ['LAST TKT DATE 08JAN 2359Z', '2027-01-08T23:59:00Z', 'UTC'],
    ['PLS TKT BY 08JAN 1800 HDQ TIME', '2027-01-08T15:00:00Z', moscow],
    ['BKG WILL AUTO CXL ON 08JAN 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['UNTKTD SEGS WILL BE XXLD 08JAN27 1800GMT', '2027-01-08T18:00:00Z', 'UTC'],
    ['HOLD UNTIL 08JAN 1800Z PLS PAY OR XX', '2027-01-08T18:00:00Z', 'UTC'],
    ['ADV ETKT NBR BY 1800 LONDON TIME 08JAN', '2027-01-08T18:00:00Z', 'Europe/London'],
    ['TKT BY 08JAN 1800 NEW YORK TIME OR CXL', '2027-01-08T23:00:00Z', 'America/New_York'],
    ['PLS ADTK BY 08JAN 1800 INDIA TIME', '2027-01-08T12:30:00Z', 'Asia/Kolkata'],
    ['PLS ADTK BY 08JAN27 1800IN', '2027-01-08T12:30:00Z', 'Asia/Kolkata'],
    ['PLS TKT BY 08JAN 1800 GMT+3', '2027-01-08T15:00:00Z', '+03:00'],
    ['PLS TKT BY 08JAN 2400Z', '2027-01-09T00:00:00Z', 'UTC'],
    ['PLS TKT BY 2000Z TODAY OR CXL', '2027-01-05T20:00:00Z', 'UTC'],
    ['PLS TKT BY 0800Z OR CXL', '2027-01-06T08:00:00Z', 'UTC'],
    ['PLS TKT BY 08JAN 1800 OR CXL. ALL TIMES ARE GMT', '2027-01-08T18:00:00Z', 'UTC'],
    ['TICKETLESS PNR TO BE TKTD BY FRI 08JAN27 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['PLS TKT SU100 Y11FEB SVOLED BY 08JAN 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['TKT SU100/11JAN27 AND SU101/06JAN27 BY 08JAN/1800Z OR CNL', '2027-01-08T18:00:00Z', 'UTC'],
    ['PLS TKT BY 10JAN 1800Z. FARE HOLD: TKT BY 08JAN 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['TKT WITHIN 48 HRS OF BOOKING OR SEGS WILL BE CXLD', '2027-01-07T10:00:00Z', 'UTC'],
    ['MUST BE TICKETED 24H AFTER RESERVATION', '2027-01-06T10:00:00Z', 'UTC'],
    ['pls tkt by 8jan 1800z', '2027-01-08T18:00:00Z', 'UTC'],
    ['ADTK BY 29FEB 1200Z OR CXL', '2028-02-29T12:00:00Z', 'UTC'],
    ['ADTK BY 04JAN 1200Z OR CXL', '2028-01-04T12:00:00Z', 'UTC'],
    ['ADTK BY 1800 PEE/08JAN OR CXL', '2027-01-08T13:00:00Z', 'Asia/Yekaterinburg'],
    ['1S PLS TKT BY 1800/MOW/08JAN27 OR ITIN WILL BE CXLD', '2027-01-08T15:00:00Z', moscow],
    ['PLS ISSUE TKT NOT LATER THAN 08JAN27 18H00 PAR LT', '2027-01-08T17:00:00Z', 'Europe/Paris'],
    ['1S ADV TKT NBR BY 1800Z08JAN27 OR XXL', '2027-01-08T18:00:00Z', 'UTC'],
    ['1S PLS TKT/PAY BY 08JAN27 / 18:00 / MOSCOW LT', '2027-01-08T15:00:00Z', moscow],
    ['1S TKTING TIME LIMIT - 08JAN2027 18:00 (UTC)', '2027-01-08T18:00:00Z', 'UTC'],
    ['1S TKT TIME LIMIT FOR SU100 11FEB IS 08JAN 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['1S TO SU BY 08JAN 1800 MOW/09JAN 0200 BKK OTHERWISE WILL BE XLD', '2027-01-08T15:00:00Z', moscow],
    ['1S SU WILL CANCEL THIS PNR AFTER 08JAN 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['1S SU CANCELS ON 08JAN27 1800Z IF NOT TICKETED', '2027-01-08T18:00:00Z', 'UTC'],
    ['1S CXL DATE 08JAN27 TIME 1800Z', '2027-01-08T18:00:00Z', 'UTC'],
    ['1S SUBJ TO CXL IF NOT TKTD 08JAN', '2027-01-08T20:59:00Z', 'unstated'],
    ['1S TKTG 08JAN27', '2027-01-08T20:59:00Z', 'unstated'],
    ['1S OSI SU TKT TL08JAN/1800', '2027-01-08T15:00:00Z', 'unstated'],
    ['SU TKT SVO 1800/08JAN OR CXL', '2027-01-08T15:00:00Z', 'unstated'],
    ['1S PLS PROVIDE VALID TKT NBR IN 24 HOURS OR SEGS WILL BE CXLD', '2027-01-06T10:00:00Z', 'UTC'],
    ['1S PLS TKT BY 08JAN 1800 RUSSIA TIME', '2027-01-08T15:00:00Z', moscow],
    ['1S ADTK BY 1800 PLS ADV/08JAN', '2027-01-05T15:00:00Z', 'unstated'],
    ['1S TO SU BY 08JAN 1800 PNR WILL BE XLD', '2027-01-08T15:00:00Z', 'unstated'],
  ])('%s', (text, ticketBy, zone) => {
    expect(limitOf(text)).toMatchObject({ ticketBy, zone })
  })

  it('a clock that two continents share is told apart by the airline', () => {
    const text = 'PLS TKT BY 08JAN 1800 CST OR CXL'
    expect(limitOf(text, 'AA', 'JFK')).toMatchObject({ ticketBy: '2027-01-09T00:00:00Z', zone: 'America/Chicago' })
    expect(limitOf(text, 'MU', 'JFK')).toMatchObject({ ticketBy: '2027-01-08T10:00:00Z', zone: 'Asia/Shanghai' })
    expect(limitOf('PLS TKT BY 08JAN 1800 IST', 'AI')?.zone).toBe('Asia/Kolkata')
    expect(limitOf('PLS TKT BY 08JAN 1800 IST', 'TK')?.zone).toBe('Europe/Istanbul')
  })

  it('without a clock it is the earliest of Greenwich, the airline, the origin and the office', () => {
    const text = 'PLS TKT BY 08JAN 1800 OR CXL'
    expect(limitOf(text, 'SQ', 'LHR')).toMatchObject({ ticketBy: '2027-01-08T10:00:00Z', zone: 'unstated' })
    expect(limitOf(text, 'UA', 'LAX')).toMatchObject({ ticketBy: '2027-01-08T18:00:00Z', zone: 'unstated' })
    expect(limitOf(text, 'UA', 'DEL')).toMatchObject({ ticketBy: '2027-01-08T12:30:00Z' })
    const office = findTimeLimit({ text, carrier: 'UA', origin: 'LAX', atMs, officeZone: 'Asia/Tokyo' })
    expect(office).toMatchObject({ ticketBy: '2027-01-08T09:00:00Z', zone: 'unstated' })
  })

  it('a day without a year is the next such day, today included', () => {
    expect(limitOf('ADTK BY 05JAN 1800Z')?.ticketBy).toBe('2027-01-05T18:00:00Z')
    expect(limitOf('ADTK BY 02JAN 1800Z', 'SU', 'SVO', Date.parse('2026-12-31T20:00:00Z'))?.ticketBy).toBe(
      '2027-01-02T18:00:00Z',
    )
  })

  it('a day without a time ends at 23:59', () => {
    expect(limitOf('PLS TKT BY 08JAN MOW LT')).toMatchObject({
      ticketBy: '2027-01-08T20:59:00Z',
      zone: 'Europe/Moscow',
    })
  })

  it('four digits after a day are the time where they can be both', () => {
    expect(limitOf('PLS TKT BY 08JAN 2027 OR CXL', 'UA', 'LAX')?.ticketBy).toBe('2027-01-08T20:27:00Z')
    expect(limitOf('PLS TKT BY 08JAN2028 1800Z OR CXL')?.ticketBy).toBe('2028-01-08T18:00:00Z')
  })
})

describe('remarks that set no limit', () => {
  it.each([
    '',
    'SSR OTHS PLS ADV FQTV',
    'SSR OTHS 1S PLS ADV FQTV NUMBER',
    'SSR RQST HK1 SVOJFK 0100Y11FEB.12A',
    'SEAT 12A CONFIRMED BY SU 08JAN',
    'SKED CHG SU100 11FEB DEP 1800 NOW 1930 PLS ADV PAX',
    'SCHEDULE CHANGE FLT SU100 08JAN WILL BE CXLD PLS REBOOK BY 10JAN',
    'FLT SU100 CNLD 11FEB DUE OPS REASON',
    'PLS ADV DOCS BY 08JAN 1800Z OR FLT WILL BE CXLD',
    'MISSING SSR CTCM MOBILE OR SSR CTCE EMAIL OR SSR CTCR NON-CONSENT FOR SU',
    'ADV PSPT DETAILS BY 08JAN OR TKT MAY BE CXLD',
    'TKT 5552400000001 ISSUED BY SU 08JAN27',
    'ETKT RCVD BY SU 05JAN27 1000Z',
    'CANCELLED DUE TO EXPIRED TICKET TIME LIMIT 05JAN',
    'SEGS CXLD DUE NO TKT BY 04JAN 1800Z',
    'PLS ADV TKT NBR FOR SU100 Y11FEB SVOJFK',
    'PLS ADV TKT NBR FOR SU100 11FEB',
    'PLS TKT ASAP OR SEGS WILL BE CANCELLED/ 05JAN271000',
    'TICKET MUST BE ISSUED 72H BEFORE DEPARTURE',
    'INFT DOB 11FEB26 TKT REQUIRED',
    'SU TICKETING RULES APPLY',
    'NAMELIST REQD BY 08JAN OR GROUP WILL BE CXLD',
    'PLS TKT BY 31FEB27 1800Z',
    'VGML CONFIRMED 08JAN 1800',
    '1S FLT SU100 WILL BE CXLD ON 11FEB',
    '1S FLT SU100 WILL BE CXLD BY SU 11FEB',
    '1S TKT NBR 555-2400000001 08JAN27',
    '1S TKNE HK1 SVOJFK 0100Y11FEB 5552400000001C1',
    '1S PLS ISSUE EMD FOR SEAT 12A BY 08JAN OR SEAT WILL BE CXLD',
    '1S GROUP DEPOSIT DUE BY 08JAN',
    '1S ETKT RECEIVED 05JAN27 THANK YOU',
    '1S TKTD 04JAN27',
    '1S DO NOT TKT BEFORE 08JAN',
    '1S PLS CFM ARUNK SVO 08JAN 1800',
    '1S HX DUE TO NO TKT',
    '1S TK1 SU100 11FEB 0900 1130 SKCHG PLS ADV ACCEPTANCE BY 08JAN',
    'THANK YOU FOR CHOOSING US. TICKET OFFICE OPEN 0900 TO 1800',
  ])('%s', text => {
    expect(limitOf(text)).toBeUndefined()
  })

  it('no text, however strange, throws or takes long', () => {
    const bits = fc.constantFrom(
      'BY',
      '08JAN',
      '1800',
      'TKT',
      '/',
      'MOW',
      '27',
      ' ',
      'Z',
      'WITHIN',
      '24H',
      '.',
      '-',
      'LT',
      'É',
      '\n',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 300 }),
          fc.array(bits, { maxLength: 200 }).map(x => x.join('')),
        ),
        text => {
          const limit = limitOf(text)
          expect(limit === undefined || Number.isFinite(Date.parse(limit.ticketBy))).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
    const started = performance.now()
    for (const bit of ['BY ', '1800 ', '08JAN', 'TKT BY /', 'LATEST ', 'A']) limitOf(bit.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('earliestTicketBy', () => {
  const remark = { ticketBy: '2027-01-08T15:00:00Z', zone: 'unstated', rule: 'by' } as const
  it('is the earliest of fare, remarks and departure', () => {
    const departureMs = Date.parse('2027-01-09T00:00:00Z')
    expect(earliestTicketBy({ fare: '2027-01-08T16:00:00Z', remarks: [remark], departureMs })).toBe(remark.ticketBy)
    expect(earliestTicketBy({ fare: '2027-01-07T16:00:00Z', remarks: [remark], departureMs })).toBe(
      '2027-01-07T16:00:00Z',
    )
    expect(earliestTicketBy({ fare: null, remarks: [], departureMs })).toBe('2027-01-09T00:00:00Z')
    expect(earliestTicketBy({ fare: null, remarks: [], departureMs: null })).toBeNull()
  })
})

it('the home of every large airline is known', () => {
  const large = listAirlines().filter(({ monthlyFlights }) => monthlyFlights > 8000)
  expect(large.filter(({ code }) => !homeZoneOf(code)).map(({ code, name }) => `${code} ${name}`)).toEqual([])
})

describe('fareloom time-limit', () => {
  const run = (text: string) =>
    execFileSync(
      process.execPath,
      ['src/cli.ts', 'time-limit', '--carrier', 'SU', '--origin', 'SVO', '--at', at, '--text', text],
      {
        encoding: 'utf8',
        stdio: 'pipe',
      },
    )
  it('prints the limit, and says with exit 2 that there is none', () => {
    expect(JSON.parse(run('ADV TKT BY 1800 MOW 08JAN OR PNR WILL BE CXLD'))).toEqual({
      ticketBy: '2027-01-08T15:00:00Z',
      zone: 'Europe/Moscow',
      rule: 'by',
    })
    expect(() => run('PLS ADV FQTV')).toThrow(expect.objectContaining({ status: 2, stdout: '' }))
    expect(() => run('BY '.repeat(1000))).toThrow(expect.objectContaining({ status: 2 }))
  })
})
