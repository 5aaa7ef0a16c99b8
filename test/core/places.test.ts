import { describe, expect, test } from 'vitest'
import { makePlaces, type Release } from '../../src/core/places.ts'

const never = new AbortController().signal
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Takes places and notes who got one. */
function crowd(limit: number) {
  const places = makePlaces(limit)
  const inside = new Map<string, Release>()
  const take = async (name: string, urgent: boolean, signal = never): Promise<void> => {
    const release = await places.take(urgent, signal)
    if (release) inside.set(name, release)
  }
  const leave = async (name: string): Promise<void> => {
    inside.get(name)!()
    inside.delete(name)
    await turn()
  }
  return { places, inside, take, leave, names: () => [...inside.keys()] }
}

describe('places', () => {
  test('leave some to what is urgent, which goes first', async () => {
    const { take, leave, names, places } = crowd(8)
    for (let n = 1; n <= 9; n++) void take(`look ${n}`, false)
    await turn()
    expect(names()).toHaveLength(7)
    void take('booking 1', true)
    void take('booking 2', true)
    await turn()
    expect(names()).toContain('booking 1')
    expect(places.state()).toEqual({ limit: 8, inFlight: 8, waiting: 3 })
    await leave('look 1')
    expect(names()).toContain('booking 2')
    await leave('look 2')
    expect(names()).not.toContain('look 8')
    await leave('booking 1')
    expect(names()).toContain('look 8')
  })

  test('one place is for all alike', async () => {
    const { take, leave, names } = crowd(1)
    void take('look', false)
    void take('booking', true)
    await turn()
    expect(names()).toEqual(['look'])
    await leave('look')
    expect(names()).toEqual(['booking'])
  })

  test('who stops waiting leaves no trace, and a place is given back once', async () => {
    const { take, places, inside } = crowd(1)
    await take('first', true)
    const gone = new AbortController()
    const waited = take('second', true, gone.signal)
    gone.abort()
    await waited
    expect(places.state()).toEqual({ limit: 1, inFlight: 1, waiting: 0 })
    const release = inside.get('first')!
    release()
    release()
    expect(places.state().inFlight).toBe(0)
  })

  test('a lower limit lets those inside finish, a higher one lets others in at once', async () => {
    const { take, leave, names, places } = crowd(4)
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void take(name, true)
    await turn()
    places.setLimit(2)
    expect(places.state()).toEqual({ limit: 2, inFlight: 4, waiting: 2 })
    await leave('a')
    await leave('b')
    expect(names()).toEqual(['c', 'd'])
    places.setLimit(4)
    await turn()
    expect(names()).toEqual(['c', 'd', 'e', 'f'])
  })
})
