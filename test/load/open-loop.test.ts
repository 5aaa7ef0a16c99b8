import { afterEach, describe, expect, test } from 'vitest'
import { type Options, parseOptions } from '../../bench/load/options.ts'
import { type Played, play } from '../../bench/load/play.ts'
import { type Behaviour, type FakeTarget, startFakeTarget } from './fake-target.ts'

let target: FakeTarget | undefined
afterEach(async () => {
  await target?.close()
  target = undefined
})

async function run(line: string, behaviour: Behaviour, interrupt = new AbortController()): Promise<Played> {
  target = await startFakeTarget(behaviour)
  const options = parseOptions(line.split(' ')) as Options
  const watch = { signal: interrupt.signal, onSecond: () => {}, onStage: () => {} }
  return play(options, target.url, watch)
}

/** Nobody is answered from `fromMs` after the first search on, for `ms`. */
function stalling(fromMs: number, ms: number): Behaviour {
  let firstAt: number | null = null
  return async (_method, path) => {
    if (path !== '/v1/searches') return undefined
    firstAt ??= performance.now()
    const until = firstAt + fromMs + ms
    const now = performance.now()
    if (now > firstAt + fromMs && now < until) await new Promise(resolve => setTimeout(resolve, until - now))
    return undefined
  }
}

const steady = '--scenario look-to-book --look-to-book 0 --arrivals even --seconds 2 --rate 50'

describe('an open loop', () => {
  // with two connections nearly all of the requests wait on our side: measured from when they left, the stall would be theirs only
  test.each([1000, 2])(
    'a stall of the target is in the latencies of all that were due meanwhile (%d connections)',
    async connections => {
      const { tally } = await run(`${steady} --connections ${connections}`, stalling(500, 900))
      const { count, p50, p95, max } = tally.all.latency.latencies()!
      expect(count).toBe(tally.due())
      expect(p50).toBeLessThan(600)
      expect(p95).toBeGreaterThan(600)
      expect(max).toBeGreaterThan(750)
      // visitors came while nobody was answered, as before and after
      expect(tally.stretches.slice(0, 2).map(({ due }) => due >= 35)).toEqual([true, true])
    },
  )

  test('as many requests fall due, whatever the target does', async () => {
    const quick = await run(`${steady} --seed a`, () => undefined)
    await target!.close()
    const stalled = await run(`${steady} --seed a`, stalling(500, 1500))
    const searches = (played: Played): number => played.tally.kinds.find(({ name }) => name === 'search')!.due
    expect(searches(stalled)).toBe(searches(quick))
  })

  test('what was given up counts as an error, and with its wait', async () => {
    const never: Behaviour = (_method, path) => (path === '/v1/searches' ? new Promise(() => {}) : undefined)
    const { tally } = await run('--scenario cold --arrivals even --seconds 1 --rate 10 --timeout-ms 400', never)
    expect(tally.counts()).toMatchObject({ served: 0, error: tally.due() })
    expect(tally.all.latency.latencies()!.p50).toBeGreaterThanOrEqual(395)
  })

  test('a shed request is no error, and makes no run fast', async () => {
    let count = 0
    const half: Behaviour = (_method, path) => {
      if (path !== '/v1/searches') return undefined
      const answers = [{ status: 503 }, { status: 429 }, { status: 503, body: { type: '/problems/overloaded' } }]
      const troubles = [{ status: 503, body: { type: '/problems/suppliers-unavailable' } }, { status: 500 }]
      return [...answers, ...troubles, undefined][count++ % 6]
    }
    const { tally } = await run('--scenario cold --arrivals even --seconds 1 --rate 60', half)
    expect(tally.counts()).toEqual({ served: 10, refused: 0, shed: 30, error: 20 })
    expect(tally.all.latency.latencies()!.count).toBe(10)
  })

  test('an answer that is no search, or only a part of one, is an error', async () => {
    let count = 0
    const odd: Behaviour = (_method, path) =>
      path === '/v1/searches' && count++ % 2 === 0 ? { status: 201, body: { hello: 'there' } } : undefined
    const { tally } = await run('--scenario cold --arrivals even --seconds 1 --rate 20', odd)
    expect(tally.counts()).toMatchObject({ served: 10, error: 10 })
  })

  test('visitors page, have prices confirmed and book, and each booking is read again', async () => {
    const { tally, audit } = await run(
      '--scenario look-to-book --look-to-book 1 --rate 80 --seconds 4',
      () => undefined,
    )
    for (const { counts, due } of tally.kinds) expect(counts.served).toBe(due)
    expect(audit.attempts).toBeGreaterThan(5)
    expect(audit.statuses).toEqual({ ticketed: audit.attempts })
    expect(audit.unexplained).toEqual([])
    expect(new Set(target!.keys).size).toBe(audit.attempts)
  })
})

test('a closed loop asks again as soon as it is answered, and counts the same way', async () => {
  const { tally } = await run('--scenario cached --seconds 1 --connections 2', () => undefined)
  const { served, error } = tally.counts()
  expect(served).toBeGreaterThan(20)
  expect(error).toBe(0)
  expect(tally.stretches[0]!.cache.get('hit')).toBeGreaterThan(0)
})

test('a closed loop that is interrupted before it began asks nothing', async () => {
  const interrupt = new AbortController()
  let asked = 0
  const interrupting: Behaviour = () => {
    if (asked++ === 3) interrupt.abort()
    return undefined
  }
  const { seconds, tally } = await run('--scenario cached --seconds 20', interrupting, interrupt)
  expect(seconds).toBeLessThan(5)
  expect(tally.due()).toBe(0)
})
