import { describe, expect, test } from 'vitest'
import { parseOptions, UsageError } from '../../bench/load/options.ts'

const parse = (line: string) => parseOptions(line.split(' '))

describe('options of npm run load', () => {
  test('the line of the documentation is taken as it stands', () => {
    const line =
      '--scenario spike --rate 300 --seconds 60 --target http://127.0.0.1:8080/ --slo p95=2000,errors=0.1% --out /x/y.html'
    expect(parse(line)).toEqual({
      ...{ scenario: 'spike', rate: 300, seconds: 60, target: 'http://127.0.0.1:8080', arrivals: 'poisson' },
      ...{ lookToBook: 100, supplier: null, connections: 1000, timeoutMs: 15_000, apiKey: null, seed: null },
      out: '/x/y',
      slo: [
        { name: 'p95', most: 2000, unit: 'ms' },
        { name: 'errors', most: 0.1, unit: '%' },
      ],
    })
  })

  test('cached is a closed loop unless it is given a rate', () => {
    expect(parse('--scenario cached')).toMatchObject({ rate: null, connections: 16 })
    expect(parse('--scenario cached --rate 500')).toMatchObject({ rate: 500, connections: 1000 })
  })

  test.each([
    ['--rate 5', 'say which --scenario'],
    ['--scenario fast', '--scenario is "fast": it takes look-to-book, spike, soak,'],
    ['--scenario soak --rate none', '--rate is "none": it takes a number from 0.1 to 20000'],
    ['--scenario soak --rate 1e3', '--rate is "1e3"'],
    ['--scenario soak --seconds 1.5', '--seconds is "1.5": it takes a whole number from 1 to 86400'],
    ['--scenario soak --target localhost:80', '--target is "localhost:80": it takes an address such as http://'],
    ['--scenario soak --arrivals odd', '--arrivals is "odd": it takes poisson or even'],
    ['--scenario cached --arrivals even', '--arrivals says nothing without --rate'],
    ['--scenario soak --supplier sabre', '--supplier says nothing to soak'],
    ['--scenario cold --look-to-book 5', '--look-to-book says nothing to cold'],
    ['--scenario soak --speed 3', "Unknown option '--speed'"],
    ['--scenario soak fast', "Unexpected argument 'fast'"],
    ['--scenario soak --slo p42=3', '--slo has "p42=3": it takes p50, p95, p99, max, errors, shed'],
  ])('%s: one sentence', (line, sentence) => {
    expect(() => parse(line)).toThrow(UsageError)
    expect(() => parse(line)).toThrow(sentence)
    const message = (() => {
      try {
        return parse(line)
      } catch (error) {
        return (error as Error).message
      }
    })()
    expect(message).not.toContain('\n')
  })
})
