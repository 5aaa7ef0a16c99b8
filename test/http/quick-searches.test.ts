import { afterEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { admitAll } from '../../src/http/admission.ts'
import type { AnyJson } from '../shopping/support/shopping.ts'
import { closeAll, service } from './support/quick-service.ts'

afterEach(closeAll)

/** Without what belongs to one search alone. */
function shared({ json, headers }: { readonly json: AnyJson; readonly headers: Headers }) {
  const { id, createdAt, page, cache, highlights, ...rest } = json
  const text = JSON.stringify(rest).replaceAll(id.slice(4), 'ID')
  return { text, total: page.total, names: [...headers.keys()].sort(), highlights: Object.keys(highlights) }
}

describe('the same bytes again', () => {
  test('are answered with the same offers, headers and an id of their own that can be paged', async () => {
    const { ask, url, supplier } = await service()
    const first = await ask()
    const answers = [await ask(), await ask(), await ask()]
    for (const answer of answers) {
      expect(answer.status).toBe(201)
      expect(answer.json.cache.status).toBe('hit')
      expect(shared(answer)).toEqual(shared(first))
      expect(answer.headers.get('location')).toBe(`/v1/searches/${answer.json.id}`)
      expect(answer.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(answer.json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/)
      const page = await fetch(`${url}/v1/searches/${answer.json.id}/offers?cursor=${answer.json.page.next}`)
      expect(((await page.json()) as AnyJson).offers[0].searchId).toBe(answer.json.id)
      const offer = await fetch(`${url}/v1/offers/${answer.json.offers[0].id}`)
      expect(offer.status).toBe(200)
    }
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(3)
    expect(new Set(answers.map(({ json }) => json.page.next)).size).toBe(3)
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(3)
    expect(supplier.asked).toHaveLength(1)
  })

  test('carry nothing from one answer into another while many are under way', async () => {
    const { ask } = await service()
    await ask()
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask()))
    for (const { json } of answers)
      for (const offer of json.offers)
        expect([offer.searchId, offer.id.slice(4, json.id.length)]).toEqual([json.id, json.id.slice(4)])
  })

  test('ask anew with no-cache, and in progress with respond-async', async () => {
    const { ask, supplier } = await service()
    await ask()
    expect((await ask(undefined, { 'cache-control': 'no-cache' })).json.cache.status).toBe('miss')
    expect((await ask(undefined, { prefer: 'respond-async' })).status).toBe(202)
    expect(supplier.asked).toHaveLength(2)
  })

  test('need a key where keys are asked for, and stay with their tenant', async () => {
    const { ask } = await service({ keys: 'acme=0123456789abcdef,globex=fedcba9876543210' })
    const acme = { authorization: 'Bearer 0123456789abcdef' }
    const globex = { authorization: 'Bearer fedcba9876543210' }
    const first = await ask(undefined, acme)
    expect((await ask(undefined, acme)).json.cache.status).toBe('hit')
    expect((await ask()).status).toBe(401)
    const other = await ask(undefined, globex)
    expect(other.json.id.slice(4, 17)).not.toBe(first.json.id.slice(4, 17))
  })

  test('count towards the limit, are told so and refused beyond it', async () => {
    const { ask, metrics, url } = await service({ searches: 3 })
    const left = [await ask(), await ask(), await ask()].map(({ headers }) => headers.get('ratelimit'))
    expect(left.map(text => /r=(\d)/.exec(text ?? '')?.[1])).toEqual(['2', '1', '0'])
    const refused = await ask()
    expect(refused).toMatchObject({ status: 429, json: { type: '/problems/rate-limited', instance: '/v1/searches' } })
    expect(refused.headers.get('retry-after')).not.toBeNull()
    await fetch(`${url}/health/live`)
    const text = await metrics.render()
    expect(text).toContain('fareloom_http_requests_total{method="POST",route="/v1/searches",status="201"} 3')
  })

  test('are shed under too much load', async () => {
    let open = true
    const { ask } = await service({ admission: { ...admitAll, admits: () => open } })
    await ask()
    open = false
    expect(await ask()).toMatchObject({ status: 503, json: { type: '/problems/overloaded' } })
  })

  test('keep the request id that they bring, and every id is in the log', async () => {
    const lines: Readonly<Record<string, unknown>>[] = []
    const { ask, url } = await service({ log: { ...silentLog, info: fields => void lines.push(fields) } })
    await ask()
    const ids = ['one', 'two', 'three']
    for (const id of ids) expect((await ask(undefined, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id)
    await fetch(`${url}/health/live`)
    expect(lines.flatMap(line => line.requestIds ?? [])).toEqual(ids)
  })
})

test.each([
  ['no JSON', '{', {}, 400],
  ['another type', '{}', { 'content-type': 'text/plain' }, 415],
  ['an unknown field', '{"slices":[],"passengers":[],"more":1}', {}, 422],
] as const)('%s is refused as ever, first and again', async (_, body, headers, status) => {
  const { ask } = await service()
  expect([(await ask(body, headers)).status, (await ask(body, headers)).status]).toEqual([status, status])
})
