import { describe, expect, it } from 'vitest'
import { findAircraft, listAircraft } from '../../src/reference/aircraft.ts'
import { accountingCode, airlineOfTicket, findAirline, listAirlines } from '../../src/reference/airlines.ts'
import {
  airportsOf,
  cityCodeOf,
  findAirport,
  findCity,
  getAirport,
  greatCircleKm,
  isPlace,
  listAirports,
  listCities,
  sameCity,
} from '../../src/reference/airports.ts'
import { currencyOf, findCountry, listCountries } from '../../src/reference/countries.ts'
import { isCurrency, listCurrencies } from '../../src/reference/currencies.ts'
import { readRows } from '../../src/reference/tables.ts'

describe('the tables', () => {
  it.each([
    ['airports.tsv', 10, 3500],
    ['cities.tsv', 4, 3400],
    ['airlines.tsv', 6, 500],
    ['aircraft.tsv', 3, 300],
    ['countries.tsv', 3, 240],
  ])('%s has its columns in every row, no code twice, and is sorted', (file, columns, rowsMin) => {
    const rows = readRows(file)
    expect(rows.length).toBeGreaterThan(rowsMin)
    expect(rows.filter(row => row.length !== columns)).toEqual([])
    const codes = rows.map(row => row[0])
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes).toEqual(codes.toSorted())
  })
})

describe('airports', () => {
  it('each has a zone that the runtime knows, a position, a country and a city that lists it', () => {
    const zones = new Set<string>()
    for (const airport of listAirports()) {
      zones.add(airport.zone)
      expect(airport.code).toMatch(/^[A-Z]{3}$/)
      expect(airport.name).not.toBe('')
      expect(airport.cityName, airport.code).not.toBe('')
      expect(findCountry(airport.country), airport.code).toBeDefined()
      expect(Math.abs(airport.latitude), airport.code).toBeLessThanOrEqual(90)
      expect(Math.abs(airport.longitude), airport.code).toBeLessThanOrEqual(180)
      if (airport.closed) expect(findCity(airport.cityCode)?.airports ?? []).not.toContain(airport.code)
      else expect(findCity(airport.cityCode)?.airports, airport.code).toContain(airport.code)
    }
    for (const zone of zones) expect(() => new Intl.DateTimeFormat('en', { timeZone: zone }), zone).not.toThrow()
  })

  it('lie where their zone can be: no clock is four hours off the sun, but where a country wills it', () => {
    const january = Date.UTC(2027, 0, 15)
    const july = Date.UTC(2027, 6, 15)
    const hours = (zone: string, at: number) => {
      const parts = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
        at,
      )
      return (Date.parse(`${parts.replace(' ', 'T')}Z`) - at) / 3_600_000
    }
    const cache = new Map<string, number>()
    const off = listAirports().filter(({ zone, longitude }) => {
      const standard = cache.get(zone) ?? Math.min(hours(zone, january), hours(zone, july))
      cache.set(zone, standard)
      const gap = Math.abs(standard - longitude / 15)
      return Math.min(gap, 24 - gap) > 3.6
    })
    expect(off.map(airport => `${airport.code} ${airport.zone}`)).toEqual([])
  })

  it.each([
    ['LHR', 'Europe/London', 'LON', 'GB'],
    ['JFK', 'America/New_York', 'NYC', 'US'],
    ['HND', 'Asia/Tokyo', 'TYO', 'JP'],
    ['SYD', 'Australia/Sydney', 'SYD', 'AU'],
    ['PHX', 'America/Phoenix', 'PHX', 'US'],
    ['PSC', 'America/Los_Angeles', 'PSC', 'US'],
    ['DEL', 'Asia/Kolkata', 'DEL', 'IN'],
    ['KBP', 'Europe/Kyiv', 'IEV', 'UA'],
    ['URC', 'Asia/Shanghai', 'URC', 'CN'],
  ])('%s is in %s, city %s, country %s', (code, zone, cityCode, country) => {
    expect(getAirport(code)).toMatchObject({ zone, cityCode, country, scheduled: true })
  })

  it('that closed keep their zone for old replies, and are no place to search from', () => {
    for (const code of ['TXL', 'NAY', 'ISL', 'DSA']) {
      expect(findAirport(code), code).toMatchObject({ closed: true, scheduled: false, popularity: 0 })
      expect(isPlace(code), code).toBe(false)
      expect(airportsOf(code), code).toEqual([])
    }
    expect(getAirport('TXL').zone).toBe('Europe/Berlin')
    expect(airportsOf('BER')).toEqual(['BER'])
    for (const code of ['BER', 'IST', 'PKX']) expect(findAirport(code)?.scheduled, code).toBe(true)
  })

  it('an unknown code is refused by get and undefined by find', () => {
    expect(findAirport('QQQ')).toBeUndefined()
    expect(() => getAirport('QQQ')).toThrow(RangeError)
    expect(isPlace('QQQ')).toBe(false)
    expect(airportsOf('QQQ')).toEqual([])
    // not a name of every object either
    for (const code of ['constructor', '__proto__', '']) expect(isPlace(code)).toBe(false)
  })
})

describe('cities', () => {
  it('a city stands for its airports with scheduled flights, the busiest first', () => {
    const london = airportsOf('LON')
    expect(london[0]).toBe('LHR')
    expect(london).toEqual(expect.arrayContaining(['LHR', 'LGW', 'LCY', 'STN', 'LTN']))
    expect(airportsOf('NYC').toSorted()).toEqual(['EWR', 'JFK', 'LGA', 'SWF'])
    expect(airportsOf('PAR')).toEqual(expect.arrayContaining(['CDG', 'ORY']))
    expect(airportsOf('LHR')).toEqual(['LHR'])
    expect(airportsOf('MUC')).toEqual(expect.arrayContaining(['MUC']))
  })

  it('no airport is in two cities, every city has one', () => {
    const seen = new Set<string>()
    for (const city of listCities()) {
      expect(city.name, city.code).not.toBe('')
      expect(city.airports.length, city.code).toBeGreaterThan(0)
      expect(airportsOf(city.code).length, city.code).toBeGreaterThan(0)
      for (const code of city.airports) {
        expect(seen.has(code), code).toBe(false)
        seen.add(code)
      }
    }
    expect(seen.size).toBe(listAirports().filter(airport => !airport.closed).length)
  })

  it('same city: by airport or city code, never for unknown ones', () => {
    expect(sameCity('LHR', 'LGW')).toBe(true)
    expect(sameCity('LHR', 'LON')).toBe(true)
    expect(sameCity('LHR', 'CDG')).toBe(false)
    expect(sameCity('QQQ', 'QQQ')).toBe(false)
    expect(cityCodeOf('LON')).toBe('LON')
  })
})

describe('distances', () => {
  it.each([
    ['LHR', 'JFK', 5540],
    ['SYD', 'SIN', 6300],
    ['AKL', 'SCL', 9670],
    ['LHR', 'LHR', 0],
  ])('%s-%s is about %d km, both ways', (a, b, km) => {
    expect(Math.abs(greatCircleKm(a, b) - km)).toBeLessThanOrEqual(km * 0.01)
    expect(greatCircleKm(b, a)).toBeCloseTo(greatCircleKm(a, b), 6)
  })
})

describe('airlines', () => {
  it.each([
    ['BA', '125'],
    ['LH', '220'],
    ['KL', '074'],
    ['AA', '001'],
    ['DL', '006'],
    ['UA', '016'],
    ['AF', '057'],
    ['AZ', '055'],
  ])("a ticket of %s begins with %s, and is known as that airline's", (code, digits) => {
    expect(accountingCode(code)).toBe(digits)
    expect(airlineOfTicket(`${digits}2400000001`)?.code).toBe(code)
  })

  it('two carriers on one code: the one with passengers', () => {
    expect(findAirline('LH')?.name).toBe('Lufthansa')
    expect(findAirline('PQ')?.name).toBe('SkyUp Airlines')
  })

  it('those that no longer fly are not there', () => {
    for (const code of ['9W', 'BE', 'AB', 'MT', 'UK', 'US', 'KA']) expect(findAirline(code), code).toBeUndefined()
  })

  it("a code's later holder does not inherit the flights of the earlier one", () => {
    expect(findAirline('4O')?.name).toBe('Air Montenegro')
    expect(findAirline('4O')?.monthlyFlights).toBeLessThan(1000)
  })

  it('alliances as they are today', () => {
    expect(findAirline('BA')?.alliance).toBe('oneworld')
    expect(findAirline('SK')?.alliance).toBe('SkyTeam')
    expect(findAirline('LH')?.alliance).toBe('Star Alliance')
    expect(findAirline('LA')?.alliance).toBeNull()
    for (const { code, alliance } of listAirlines())
      expect(['oneworld', 'SkyTeam', 'Star Alliance', null], code).toContain(alliance)
  })

  it('codes, accounting codes and names have their shape', () => {
    for (const airline of listAirlines()) {
      expect(airline.code).toMatch(/^[A-Z0-9]{2}$/)
      expect(airline.name).not.toBe('')
      if (airline.accountingCode !== null) expect(airline.accountingCode, airline.code).toMatch(/^\d{3}$/)
    }
  })
})

describe('aircraft, countries, currencies', () => {
  it('knows the common types', () => {
    expect(findAircraft('77W')?.name).toContain('777-300ER')
    expect(findAircraft('320')?.name).toContain('A320')
    expect(findAircraft('789')?.name).toContain('787-9')
    expect(listAircraft().every(({ code, name }) => /^[A-Z0-9]{3}$/.test(code) && name !== '')).toBe(true)
  })

  it('every country has a currency of today, or none at all', () => {
    expect(currencyOf('GB')).toBe('GBP')
    expect(currencyOf('HR')).toBe('EUR')
    expect(currencyOf('BG')).toBe('EUR')
    expect(currencyOf('QQ')).toBeUndefined()
    const unknown = listCountries().filter(({ currency }) => currency !== null && !isCurrency(currency))
    expect(unknown).toEqual([])
    expect(listCountries().filter(({ currency }) => currency === null).length).toBeLessThan(5)
  })

  it('every currency is known to the runtime, none twice', () => {
    expect(new Set(listCurrencies()).size).toBe(listCurrencies().length)
    expect(isCurrency('EUR')).toBe(true)
    expect(isCurrency('eur')).toBe(false)
    expect(isCurrency('XXX')).toBe(false)
    // on the list, but not (yet) in every release of the locale data
    const late = new Set(['VED', 'XCG', 'ZWG'])
    const runtime = new Set(Intl.supportedValuesOf('currency'))
    expect(listCurrencies().filter(code => !runtime.has(code) && !late.has(code))).toEqual([])
  })
})
