import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { nextTurn } from '../../src/core/clock.ts'
import { inTurns, ownTurn, turnsLateMs } from '../../src/core/turns.ts'

test('however many work by turns, a socket is looked at after each of them', async () => {
  const echo = createServer(socket => socket.on('error', () => {}).pipe(socket))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const socket = connect({ port: (echo.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let turns = 0
  let turnsBefore = 0
  const between: number[] = []
  socket.on('data', data => {
    between.push(turns - turnsBefore)
    turnsBefore = turns
    socket.write(data)
  })
  socket.write('x')
  await once(socket, 'data')
  function* work() {
    for (let n = 0; n < 10; n++) {
      turns++
      yield
    }
  }
  const worker = async (): Promise<void> => {
    await ownTurn()
    await inTurns(work(), 0)
  }
  await Promise.all(Array.from({ length: 100 }, worker))
  socket.destroy()
  echo.close()
  expect(turns).toBe(1_000)
  // a round trip takes the loop a few looks; a hundred turns at a time would be ten of these
  expect(between.length).toBeGreaterThan(50)
  expect(between.toSorted((a, b) => a - b)[Math.floor(between.length / 2)]).toBeLessThan(10)
})

test('who ends goes first, and who has begun before who has not', async () => {
  const order: string[] = []
  const note = async (name: string, who: 'ending' | 'begun' | 'fresh'): Promise<void> => {
    await ownTurn(who)
    order.push(name)
  }
  const fresh = [note('a', 'fresh'), note('b', 'fresh')]
  await Promise.all([...fresh, note('c', 'begun'), note('d', 'begun'), note('e', 'ending'), note('f', 'ending')])
  expect(order).toEqual(['e', 'f', 'c', 'd', 'a', 'b'])
})

test('says how long the first has waited, and nothing once all have had their turn', async () => {
  expect(turnsLateMs()).toBe(0)
  const turns = [ownTurn(), ownTurn()]
  const end = performance.now() + 20
  while (performance.now() < end);
  expect(turnsLateMs()).toBeGreaterThanOrEqual(19)
  await Promise.all(turns)
  expect(turnsLateMs()).toBe(0)
  await nextTurn()
})
