import { describe, expect, test } from 'vitest'
import { FairShares, fairLevel } from '../../src/http/fair-shares.ts'

describe('the fair level', () => {
  test.each<readonly [string, readonly number[], number, number]>([
    ['there is enough: nobody is held back', [3, 5], 10, Number.POSITIVE_INFINITY],
    ['everybody asks for more: equal shares', [100, 100, 100], 30, 10],
    ['who asks for less gets all of it, the others divide the rest', [2, 100, 100], 32, 15],
    ['one alone has everything', [1000], 40, 40],
    ['less than one each', [5, 5, 5, 5], 2, 0.5],
  ])('%s', (_, asked, budget, level) => {
    expect(fairLevel(asked, budget)).toBe(level)
  })
})

describe('shares of a window', () => {
  const ask = (shares: FairShares, client: string, times: number): number =>
    Array.from({ length: times }, () => shares.admits(client)).filter(Boolean).length

  test('one client that asks for everything leaves the others theirs', () => {
    const shares = new FairShares(100)
    ask(shares, 'greedy', 1000)
    ask(shares, 'modest', 20)
    shares.next(100)
    expect(ask(shares, 'greedy', 1000)).toBe(80)
    expect(ask(shares, 'modest', 20)).toBe(20)
  })

  test('half a request each lets every second client in', () => {
    const shares = new FairShares(100)
    const clients = Array.from({ length: 40 }, (_, index) => `client ${index}`)
    for (const client of clients) ask(shares, client, 3)
    shares.next(20)
    const admitted = clients.reduce((sum, client) => sum + ask(shares, client, 3), 0)
    expect(admitted).toBe(20)
  })

  test('clients beyond the bound share one account: memory is bounded, nobody is shut out for good', () => {
    const shares = new FairShares(2)
    for (const client of ['a', 'b', 'c', 'd', 'e']) ask(shares, client, 10)
    shares.next(15)
    expect(ask(shares, 'a', 10)).toBe(5)
    expect(ask(shares, 'b', 10)).toBe(5)
    expect(ask(shares, 'd', 3) + ask(shares, 'e', 3)).toBe(5)
  })
})
