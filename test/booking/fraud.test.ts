import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type FraudRules, parseFraudRules } from '../../src/booking/fraud-rules.ts'
import { type FraudFacts, scorePayment } from '../../src/booking/fraud-score.ts'
import { money } from '../../src/core/money.ts'
import { type Bench, context, jsonOf, makeBench } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const shipped = parseFraudRules(
  'config/fraud-rules.json',
  readFileSync(new URL('../../config/fraud-rules.json', import.meta.url), 'utf8'),
)
const sameCurrency = (sum: ReturnType<typeof money>, to: string) => (sum.currency === to ? sum : undefined)

const harmless: FraudFacts = {
  cardUses: 0,
  addressUses: 0,
  amount: money(20_000, 'EUR'),
  hoursToDeparture: 24 * 60,
  isOneWay: true,
  payerName: null,
  surnames: ['Example', "O'Brien-Müller"],
}

describe('the score', () => {
  const rules: FraudRules = {
    review: 50,
    block: 100,
    rules: [
      { name: 'card-velocity', points: 1, over: 3, withinMinutes: 60 },
      { name: 'address-velocity', points: 2, over: 3, withinMinutes: 60 },
      { name: 'amount', points: 4, from: money(100_000, 'EUR') },
      { name: 'lead-time', points: 8, underHours: 24 },
      { name: 'one-way-soon', points: 16, underHours: 72 },
      { name: 'name-mismatch', points: 32 },
    ],
  }
  const scored = (more: Partial<FraudFacts>) => scorePayment({ ...harmless, ...more }, rules, sameCurrency).score

  test.each([
    ['nothing suspicious', {}, 0],
    ['the fourth payment by a card', { cardUses: 3 }, 1],
    ['the third', { cardUses: 2 }, 0],
    ['a card that nobody knows', { cardUses: null }, 0],
    ['the fourth from an address', { addressUses: 3 }, 2],
    ['much money', { amount: money(100_000, 'EUR') }, 4],
    ['a little less', { amount: money(99_999, 'EUR') }, 0],
    ['money without a rate', { amount: money(100_000_000, 'XAG') }, 0],
    ['tomorrow, one way', { hoursToDeparture: 23 }, 24],
    ['tomorrow, and back', { hoursToDeparture: 23, isOneWay: false }, 8],
    ['in two days, one way', { hoursToDeparture: 48 }, 16],
    ['paid by somebody else', { payerName: 'Grace Hopper' }, 32],
    ['paid by one who travels', { payerName: 'EXAMPLE ADA' }, 0],
    ['paid by one who travels, spelled otherwise', { payerName: 'Siobhan OBRIEN Muller' }, 0],
    ['paid by one whose name only begins so', { payerName: 'Ada Examples' }, 32],
  ] as const)('of %s', (_, more, score) => {
    expect(scored(more)).toBe(score)
  })

  test('decides at its bounds, and names the rules that struck', () => {
    const verdict = (score: number) =>
      scorePayment(
        { ...harmless, payerName: 'Grace Hopper' },
        { review: 50, block: 100, rules: [{ name: 'name-mismatch', points: score }] },
        sameCurrency,
      )
    expect([49, 50, 99, 100].map(points => verdict(points).verdict)).toEqual(['pass', 'review', 'review', 'block'])
    expect(verdict(50).factors).toEqual([{ rule: 'name-mismatch', points: 50 }])
  })

  test('of the rules as shipped lets nobody be stopped for booking much and soon alone', () => {
    const busy = { ...harmless, cardUses: 10_000, hoursToDeparture: 5 }
    expect(scorePayment(busy, shipped, sameCurrency).verdict).toBe('pass')
    const all = { ...busy, addressUses: 10_000, amount: money(900_000, 'EUR'), payerName: 'Grace Hopper' }
    expect(scorePayment(all, shipped, sameCurrency)).toMatchObject({ verdict: 'block', score: 125 })
  })
})

test.each([
  ['{', /line 1/],
  ['{"review":10,"block":5,"rules":[]}', /review must not be above block/],
  ['{"review":1,"block":5,"rules":[{"name":"mood","points":1}]}', /rules\.0/],
  ['{"review":1,"block":5,"rules":[{"name":"name-mismatch","points":-1}]}', /rules\.0\.points/],
  ['{"review":1,"block":5,"rules":[{"name":"name-mismatch","points":1},{"name":"name-mismatch","points":2}]}', /once/],
  [
    '{"review":1,"block":5,"rules":[{"name":"amount","points":1,"from":{"amount":"1.234","currency":"EUR"}}]}',
    /no amount/,
  ],
  ['{"review":1,"block":5,"rules":[{"name":"lead-time","points":1,"underHours":0}]}', /underHours/],
])('a file that says %s is refused with the place', (text, reason) => {
  expect(() => parseFraudRules('fraud.json', text)).toThrow(reason)
})

describe('a booking', () => {
  const stored = storedOffer()
  const rulesOf = (verdict: 'review' | 'block'): FraudRules => ({
    review: 10,
    block: 20,
    rules: [{ name: 'name-mismatch', points: verdict === 'review' ? 10 : 20 }],
  })
  const stranger = { methodToken: 'tok_visa', payer: { name: 'Grace Hopper', address: '198.51.100.7' } }
  const benchWith = (rules: FraudRules, more: Parameters<typeof makeBench>[1] = {}): Bench =>
    makeBench(stored, { ...more, fraud: { rules, convert: sameCurrency } })
  const book = async (bench: Bench, payment: object = stranger, key = 'key') => {
    const request = bookingRequest(stored, { payment: payment as typeof stranger })
    const answer = await bench.bookings.create(request, key, context)
    const body = jsonOf(answer)
    return { status: answer.status, body, id: (body.bookingId ?? body.id) as `bkg_${string}` }
  }
  const events = async ({ bookings }: Bench, id: `bkg_${string}`) => (await bookings.listEvents(id, context)).events

  test('that blocks is declined in neutral words before any money moves, and the score stands in the log', async () => {
    const bench = benchWith(rulesOf('block'))
    const { status, body, id } = await book(bench)
    expect(status).toBe(402)
    expect(body).toMatchObject({ type: '/problems/payment-declined', detail: 'The payment was declined.' })
    expect(JSON.stringify(body)).not.toMatch(/fraud|score|mismatch/)
    expect(bench.gateway.calls).toEqual([])
    expect(bench.supplier.pnrs).toEqual([])
    expect((await events(bench, id)).find(({ kind }) => kind === 'payment-scored')?.text).toBe(
      'The payment has a fraud score of 20 (name-mismatch 20): block.',
    )
    expect(JSON.stringify(await bench.bookings.get(id, context))).not.toMatch(/fraud|Hopper|198\.51/)
    expect((await book(bench)).body).toEqual(body)
  })

  test('to be reviewed only reserves the money; approved by a person it is ordered, ticketed and paid', async () => {
    const bench = benchWith(rulesOf('review'))
    const { status, body, id } = await book(bench)
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: 'pending' })
    await bench.bookings.sweep()
    expect(bench.gateway.calls).toEqual(['authorise'])
    expect(bench.supplier.pnrs).toEqual([])
    const { workItems } = await bench.bookings.listWorkItems({}, context)
    expect(workItems).toMatchObject([
      { step: 'fraud-review', resolutions: ['done', 'not-done'], gatewayPayments: [{ fraud: { score: 10 } }] },
    ])
    const item = workItems[0]!.id as `wit_${string}`
    await bench.bookings.resolveWorkItem(item, { resolution: 'done', note: 'Rang them.', by: 'agent-7' }, context)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    expect((await bench.bookings.listEvents(id, context)).audit.intact).toBe(true)
  })

  test('refused by a person lets the money go', async () => {
    const bench = benchWith(rulesOf('review'))
    const { id } = await book(bench)
    const { workItems } = await bench.bookings.listWorkItems({}, context)
    const item = workItems[0]!.id as `wit_${string}`
    await bench.bookings.resolveWorkItem(item, { resolution: 'not-done', note: 'A stolen card.', by: 'a' }, context)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed', payments: [{ status: 'voided' }] })
    expect(bench.supplier.pnrs).toEqual([])
    expect(bench.gateway.kept()).toBe(0)
  })

  test('that nobody reviews before the flight leaves lets the money go', async () => {
    const bench = benchWith(rulesOf('review'))
    const { id } = await book(bench)
    bench.clock.advance(400 * 24 * 3_600_000)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed', payments: [{ status: 'voided' }] })
  })

  test('of a held one that blocks leaves the hold as it is', async () => {
    const bench = benchWith(rulesOf('block'))
    const hold = bookingRequest(stored, { hold: true, payment: undefined })
    const { id } = jsonOf(await bench.bookings.create(hold, 'hold', context))
    const paid = await bench.bookings.pay(id, stranger, 'pay', context)
    expect(paid.status).toBe(402)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'held' })
    expect(bench.gateway.calls).not.toContain('authorise')
  })

  test('counts payments by card and by address within the time of the rule; a private address counts for nobody', async () => {
    const rules: FraudRules = {
      review: 10,
      block: 1_000,
      rules: [
        { name: 'address-velocity', points: 10, over: 2, withinMinutes: 60 },
        { name: 'card-velocity', points: 1, over: 2, withinMinutes: 60 },
      ],
    }
    const bench = benchWith(rules)
    const scores: string[] = []
    const bookFrom = async (address: string, methodToken: string, key: string): Promise<void> => {
      const { id } = await book(bench, { methodToken, payer: { address } }, key)
      const scored = (await events(bench, id)).find(({ kind }) => kind === 'payment-scored')
      scores.push(/score of (\d+)/.exec(scored!.text)![1]!)
    }
    for (const i of [1, 2, 3]) await bookFrom('198.51.100.7', `tok_${i}`, `a${i}`)
    for (const i of [1, 2, 3]) await bookFrom('10.0.0.1', 'tok_same', `b${i}`)
    bench.clock.advance(3_600_001)
    await bookFrom('198.51.100.7', 'tok_same', 'c')
    expect(scores).toEqual(['0', '0', '10', '0', '0', '1', '0'])
  })
})
