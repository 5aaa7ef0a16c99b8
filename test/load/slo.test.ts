import { describe, expect, test } from 'vitest'
import { judge, parseSlo, type Slo } from '../../bench/load/slo.ts'

const figures = { asked: 1000, errors: 1, shed: 20, latencyMs: { p50: 10, p95: 200, p99: 900, max: 1500 } }

function verdicts(text: string, of: Parameters<typeof judge>[1] = figures): readonly boolean[] {
  return judge(parseSlo(text) as Slo, of).map(each => each.kept)
}

describe('objectives of a load run', () => {
  test('a limit itself is kept, anything over it is broken', () => {
    expect(verdicts('p50=10,p95=199,p99=0.9s,max=1499ms')).toEqual([true, false, true, false])
    expect(verdicts('errors=0.1%,shed=1.9%')).toEqual([true, false])
    expect(verdicts('errors=0,shed=20')).toEqual([false, true])
  })

  test('where nothing was answered no latency is kept, and where nothing was asked no share', () => {
    const nothing = { asked: 0, errors: 0, shed: 0, latencyMs: null }
    expect(verdicts('p95=2000,errors=0.1%', nothing)).toEqual([false, false])
  })

  test('the text says what was found, what was allowed and that it is broken', () => {
    const [first] = judge(parseSlo('p95=100') as Slo, figures)
    expect(first!.text).toBe('p95: 200 ms, at most 100 ms was asked for: BROKEN')
  })

  test.each(['p95', 'p95=', 'p95=-1', 'p95=5%', 'errors=5ms', 'errors=101%', 'p95=1,p95=2', 'latency=3'])(
    '%s is refused with a sentence',
    text => expect(typeof parseSlo(text)).toBe('string'),
  )
})
