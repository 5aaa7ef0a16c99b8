import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock, systemClock, toInstant } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { create } from '../../../src/providers/sabre/index.ts'
import { startSimulator } from '../../../src/providers/sabre/simulator.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'
import { encodeShopRequest } from '../../../src/providers/sabre/wire/shop-request.ts'
import { basicCredentials, tokenRequestBody } from '../../../src/providers/sabre/wire/token.ts'
import { openWorld } from '../../../src/sandbox/open-world.ts'
import type { RunningSimulator, World } from '../../../src/sandbox/world.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

const dayMs = 86_400_000
const clock = manualClock(systemClock.now())
const date = (days: number): string => toInstant(clock.now() + days * dayMs).slice(0, 10)

let world: World
let simulator: RunningSimulator
beforeAll(async () => {
  world = await openWorld({ seed: 'sabre', clock, stateDir: null, log: silentLog })
  simulator = await startSimulator({ view: world.view('sabre'), host: '127.0.0.1', port: 0, clock, log: silentLog })
})
afterAll(async () => {
  await simulator?.close()
  await world?.close()
})

type Answer = { readonly status: number; readonly bytes: Buffer; readonly body: Record<string, unknown> }

async function send(path: string, headers: Record<string, string>, body: string): Promise<Answer> {
  const answer = await fetch(simulator.baseUrl + path, { method: 'POST', headers, body })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, bytes, body: JSON.parse(bytes.toString()) }
}

async function token(password = simulator.settings.password!): Promise<Answer> {
  const { userId, pcc, domain } = simulator.settings
  const basic = basicCredentials({ userId: userId!, pseudoCityCode: pcc!, domain: domain!, password })
  return send('/v2/auth/token', { authorization: `Basic ${basic}` }, tokenRequestBody)
}

async function post(path: string, body: unknown): Promise<Answer> {
  const bearer = (await token()).body.access_token
  return send(path, { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, JSON.stringify(body))
}

const search = encodeShopRequest({
  pseudoCityCode: 'F1RL',
  slices: [
    { origin: 'LHR', destination: 'JFK', date: date(60), time: null },
    { origin: 'JFK', destination: 'LHR', date: date(67), time: null },
  ],
  passengers: [
    { code: 'ADT', count: 2 },
    { code: 'C05', count: 1 },
    { code: 'C10', count: 1 },
    { code: 'INF', count: 1 },
  ],
  cabinCode: 'Y',
  otherCabinCode: null,
  connectionsMax: null,
  carriers: [],
  currency: 'GBP',
  itinerariesMax: 50,
  unrestrictedToo: true,
})

describe('tokens', () => {
  test('a wrong password gets none', async () => {
    expect(await token('wrong')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  test('without a token, or with one that has expired, nothing is answered', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer T1RLAQnone' }
    expect(await send('/v5/offers/shop', headers, '{}')).toMatchObject({
      status: 401,
      body: { errorCode: 'ERR.2SG.SEC.INVALID_CREDENTIALS' },
    })
  })

  test('the adapter gets a new one when its own has run out', async () => {
    const provider = create(simulator.settings, { clock, log: silentLog })
    expect((await provider.shop(query, callWithin(10_000))).kind).toBe('offers')
    clock.advance(8 * dayMs)
    expect((await provider.shop(query, callWithin(10_000))).kind).toBe('offers')
    await provider.close()
  })
})

const query = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: date(90), departureTime: null }],
  passengers: [{ id: 'pax_1', type: 'ADT', age: 30 }],
  cabin: 'economy',
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 20,
} as const

describe('shopping', () => {
  test('offers add up, references are shared and stand in another order than they are used in', async () => {
    const { bytes, body } = await post('/v5/offers/shop', search)
    const decoded = decode(bytes)
    expect(decoded.offers.length).toBeGreaterThan(20)
    for (const offer of decoded.offers) expectSums(offer)
    const reply = body.groupedItineraryResponse as Record<string, readonly { readonly id: number }[]>
    expect(reply.scheduleDescs!.map(schedule => schedule.id)).not.toEqual(
      reply.scheduleDescs!.map(schedule => schedule.id).toSorted((a, b) => a - b),
    )
    const uses = decoded.offers.flatMap(offer => offer.slices.flatMap(slice => slice.segments)).length
    expect(reply.scheduleDescs!.length).toBeLessThan(uses / 2)
  })

  test('children keep the codes that they were asked for with', async () => {
    const { body } = await post('/v5/offers/shop', search)
    expect(JSON.stringify(body)).toContain('"passengerType":"C05"')
  })

  test('a search without passengers is told what is missing', async () => {
    const answer = await post('/v5/offers/shop', { OTA_AirLowFareSearchRQ: { OriginDestinationInformation: [] } })
    expect(answer).toMatchObject({ status: 400, body: { errorCode: expect.stringMatching(/^ERR/) } })
  })
})

describeFixtures('published requests', dir => {
  const files = readdirSync(join(dir, 'sabre-requests'))
  const fill: Readonly<Record<string, string>> = {
    pnr: 'GLEBNY',
    tkt: '0167489825830',
    tkt2: '0167489825831',
    pcc: 'F1RL',
  }
  const filled = (text: string): string =>
    text.replace(/\{\{([^}]+)\}\}/g, (_, name: string) => {
      if (/date/i.test(name)) return date(/end/.test(name) ? 50 : 40)
      if (/number/i.test(name)) return '117'
      if (/time/i.test(name)) return '08:00'
      if (/airline/i.test(name)) return 'BA'
      if (/from|Departure/.test(name)) return 'LHR'
      if (/to_air|Arrival/.test(name)) return 'JFK'
      return fill[name] ?? 'X1'
    })

  test.each(files)('%s is taken and answered in the format', async file => {
    const [, version, rest] = /^(v[\d.]+)_(.+)-\d+\.json$/.exec(file)!
    const { body } = JSON.parse(filled(readFixture('sabre-requests', file).toString()))
    const answer = await post(`/${version}/${rest!.replaceAll('_', '/')}`, body)
    expect(answer.status).toBe(200)
    expect(() => decode(answer.bytes)).not.toThrow()
    for (const fault of decode(answer.bytes).faults) expect(fault.kind).not.toBe('supplier-error')
  })
})

/** Of each kind of object in a recording: the fields that every one has, with their types. */
describeFixtures('the shape of a recorded reply', () => {
  test('is the shape of ours: what always stands there stands here, in the same type', async () => {
    const recorded = JSON.parse(readFixture('sabre-gir-json', 'bfm-v5-waw-spu-rt-plus-lhr-fra-ow.json').toString())
    const required = always(shapes(recorded))
    const { body } = await post('/v5/offers/shop', search)
    const ours = shapes(body)
    const missing: string[] = []
    for (const [place, fields] of required) {
      for (const object of ours.get(place) ?? []) {
        for (const [field, type] of fields) {
          if (typeOf(object[field]) !== type) missing.push(`${place}.${field}: ${typeOf(object[field])}, not ${type}`)
        }
      }
    }
    expect([...new Set(missing)]).toEqual([])
  })

  type Shapes = Map<string, Record<string, unknown>[]>

  function shapes(value: unknown, place = '', found: Shapes = new Map()): Shapes {
    if (Array.isArray(value)) for (const item of value) shapes(item, `${place}[]`, found)
    else if (typeof value === 'object' && value !== null) {
      found.set(place, [...(found.get(place) ?? []), value as Record<string, unknown>])
      for (const [key, item] of Object.entries(value)) shapes(item, `${place}.${key}`, found)
    }
    return found
  }

  function always(all: Shapes): ReadonlyMap<string, readonly (readonly [string, string])[]> {
    return new Map(
      [...all].map(([place, objects]) => {
        const fields = Object.keys(objects[0]!).filter(key => objects.every(object => key in object))
        return [place, fields.map(key => [key, typeOf(objects[0]![key])] as const)] as const
      }),
    )
  }

  function typeOf(value: unknown): string {
    return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  }
})
