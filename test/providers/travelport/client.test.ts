import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { type Provider, ProviderSettingsError } from '../../../src/providers/port.ts'
import { create } from '../../../src/providers/travelport/index.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { type Said, soap, soapFault, startHost } from './fake-host.ts'
import { query } from './journey.ts'

const empty = soap('<air:LowFareSearchRsp xmlns:air="http://www.travelport.com/schema/air_v52_0" CurrencyType="EUR"/>')

let close: (() => Promise<void>) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

async function shopAt(answer: Said, ms = 5000): Promise<Awaited<ReturnType<Provider['shop']>>> {
  const host = await startHost([answer])
  close = host.close
  return host.provider.shop(query('LHR', 'JFK'), callWithin(ms))
}

describe('what is sent', () => {
  test('basic authentication, SOAP, gzip wanted, and the trace goes on', async () => {
    const host = await startHost([{ body: empty }])
    close = host.close
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await host.provider.shop(query('LHR', 'JFK'), { ...callWithin(5000), traceparent })
    expect(host.heard[0]).toMatchObject({
      path: '/uAPI/AirService',
      headers: {
        authorization: `Basic ${Buffer.from('Universal API/u:p').toString('base64')}`,
        'content-type': 'text/xml; charset=UTF-8',
        'accept-encoding': 'gzip',
        traceparent,
      },
    })
    expect(host.heard[0]!.body).toContain('TargetBranch="P1"')
    expect(host.heard[0]!.body).toContain('TraceId="req_test"')
  })

  test('settings that cannot work are refused at the start, by their names', () => {
    const parts = { clock: systemClock, log: silentLog }
    const good = { baseUrl: 'https://host/uAPI', username: 'u', password: 'p', targetBranch: 'P1' }
    for (const [change, name] of [
      [{ baseUrl: '' }, 'BASE_URL'],
      [{ baseUrl: 'ftp://host' }, 'BASE_URL'],
      [{ username: '' }, 'USERNAME'],
      [{ password: ' ' }, 'PASSWORD'],
      [{ targetBranch: 'P 1' }, 'TARGET_BRANCH'],
    ] as const) {
      const open = () => create({ ...good, ...change }, parts)
      expect(open).toThrow(ProviderSettingsError)
      expect(open).toThrow(`PROVIDER_TRAVELPORT_${name}`)
    }
  })
})

describe('replies that are no answer become faults, never crashes', () => {
  const cases: readonly (readonly [string, Said, string])[] = [
    ['HTML with 200', { type: 'text/html', body: '<html>maintenance</html>' }, 'malformed-reply'],
    ['HTML with 503', { status: 503, type: 'text/html', body: '<html>down</html>' }, 'supplier-error'],
    ['401', { status: 401, type: 'text/plain', body: 'no' }, 'authentication'],
    ['403', { status: 403, type: 'text/plain', body: 'no' }, 'authentication'],
    ['404', { status: 404, type: 'text/plain', body: 'no' }, 'invalid-request'],
    ['cut XML', { body: empty.slice(0, -20) }, 'malformed-reply'],
    ['an empty body', { body: '' }, 'malformed-reply'],
    ['a broken connection', { breakAfter: '<SOAP:Env' }, 'connection'],
    ['another message', { body: soap('<air:AirPriceRsp xmlns:air="urn:air"/>') }, 'malformed-reply'],
    ['an entity bomb', { body: `<!DOCTYPE a [<!ENTITY b "1">]>${empty}` }, 'malformed-reply'],
    ['an envelope without a body', { body: '<Envelope/>' }, 'malformed-reply'],
    ['gzip that is none', { headers: { 'content-encoding': 'gzip' }, body: empty }, 'malformed-reply'],
    ['an encoding not asked for', { headers: { 'content-encoding': 'br' }, body: empty }, 'malformed-reply'],
    [
      'a gzip bomb',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(80_000_000)) },
      'malformed-reply',
    ],
    ['a system fault', soapFault('Server.System', '5000', 'System error'), 'supplier-error'],
    ['a security fault', soapFault('Server.Security', '345', 'No Agreement Exists'), 'authentication'],
    ['a date in the past', soapFault('Server.ValidationException', '3003', 'INVALID DATE'), 'invalid-request'],
  ]
  test.each(cases)('%s', async (_, answer, kind) => {
    const outcome = await shopAt(answer)
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind, mayHaveBooked: false } })
  })

  test('429 says when to come back', async () => {
    const outcome = await shopAt({ status: 429, type: 'text/plain', headers: { 'retry-after': '7' }, body: '' })
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'rate-limited', retryAfterMs: 7000 } })
  })

  test('silence ends at the deadline', async () => {
    expect(await shopAt('silence', 50)).toMatchObject({ kind: 'failed', fault: { kind: 'timeout' } })
  })

  test('a caller who leaves is told so', async () => {
    const host = await startHost(['silence'])
    close = host.close
    const call = callWithin(5000)
    const outcome = host.provider.shop(query('LHR', 'JFK'), call)
    call.deadline.cancel(new Error('the client went away'))
    expect(await outcome).toMatchObject({ kind: 'failed', fault: { kind: 'cancelled' } })
  })
})

describe('replies that are an answer', () => {
  test('gzip, a byte order mark and UTF-16 are read', async () => {
    const nothing = { kind: 'offers', offers: [], partial: false }
    expect(await shopAt({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(empty) })).toMatchObject(nothing)
    await close?.()
    expect(await shopAt({ body: `\ufeff${empty}` })).toMatchObject(nothing)
    await close?.()
    expect(await shopAt({ body: Buffer.from(`\ufeff${empty}`, 'utf16le') })).toMatchObject(nothing)
  })

  test('no solutions is an answer, not a failure', async () => {
    const answer = soapFault('Server.Business', '2602', 'No Solutions in the response.')
    expect(await shopAt(answer)).toMatchObject({ kind: 'offers', offers: [] })
  })
})
