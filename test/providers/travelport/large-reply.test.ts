import { afterEach, expect, test } from 'vitest'
import { decode } from '../../../src/providers/travelport/wire/decode.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { startHost } from './fake-host.ts'
import { query } from './journey.ts'

const outbound = query('KBP', 'CDG').slices[0]!
const inbound = query('CDG', 'KBP').slices[0]!

let close: (() => Promise<void>) | undefined
afterEach(() => close?.())

/** The recording's price points over and over, up to three megabytes. */
function largeReply(): Buffer {
  const recorded = readFixture('travelport-uapi', 'lfs-iev-par-rt-1adt-45pp.xml').toString('utf8')
  const start = recorded.indexOf('<air:AirPricePoint ')
  const end = recorded.indexOf('</air:AirPricePointList>')
  const points = recorded.slice(start, end)
  const times = Math.ceil((3_000_000 - recorded.length) / points.length) + 1
  return Buffer.from(recorded.slice(0, start) + points.repeat(times) + recorded.slice(end))
}

/** The most that the thread works before something else has a turn, while it runs. Its own time on a processor, in
 *  milliseconds: on a busy machine the clock on the wall measures the others. */
async function longestHold(run: () => Promise<void>): Promise<number> {
  let longest = 0
  let last = workedMs()
  let over = false
  const look = (): void => {
    const now = workedMs()
    longest = Math.max(longest, now - last)
    last = now
    if (!over) setImmediate(look)
  }
  setImmediate(look)
  await run()
  look()
  over = true
  return longest
}

function workedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

describeFixtures('large replies', () => {
  /** Beside reading the same bytes in one go. The best of some tries: one that falls together with a large garbage
   *  collection says nothing. */
  test('one of three megabytes never holds the event loop for long', async () => {
    const bytes = largeReply()
    expect(bytes.length).toBeGreaterThan(3_000_000)
    const host = await startHost([{ body: bytes }])
    close = host.close
    const holds: number[] = []
    const shares: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      const before = workedMs()
      const known = decode(bytes).offers.length
      const atOnce = workedMs() - before
      const held = await longestHold(async () => {
        const asked = { ...query('KBP', 'CDG'), slices: [outbound, inbound], offersMax: 5000 }
        const outcome = await host.provider.shop(asked, callWithin(20_000))
        expect(outcome.kind === 'offers' && outcome.offers.length).toBe(known)
      })
      holds.push(held)
      shares.push(held / atOnce)
    }
    expect(Math.min(...shares), `${shares} of reading it in one go`).toBeLessThan(0.4)
    expect(Math.min(...holds), `${holds} ms`).toBeLessThan(20)
  })
})
