import { spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { openJournal } from '../../src/sandbox/journal.ts'
import { adult, booked, family, openTestWorld, request, selectionOf, testClock } from './world-helpers.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('the journal', () => {
  test('gives back every acknowledged entry in order', async () => {
    const path = join(dir, 'deep', 'one.jsonl')
    const journal = await openJournal<{ n: number }>(path)
    expect(journal.entries).toEqual([])
    await Promise.all(Array.from({ length: 50 }, (_, n) => journal.append({ n })))
    await journal.close()
    const again = await openJournal<{ n: number }>(path)
    expect(again.entries.map(entry => entry.n)).toEqual(Array.from({ length: 50 }, (_, n) => n))
    await again.close()
  })

  test('an entry is in the file when append resolves', async () => {
    const path = join(dir, 'one.jsonl')
    const journal = await openJournal<string>(path)
    await journal.append('line\nbreak and é')
    expect((await readFile(path, 'utf8')).trimEnd().slice(9)).toBe(JSON.stringify('line\nbreak and é'))
    await journal.close()
  })

  test.each([
    ['half a line', (path: string) => appendFile(path, '0badc0de {"n":')],
    ['a line with a wrong check sum', (path: string) => appendFile(path, '00000000 {"n":9}\n')],
    ['zeros after a power cut', (path: string) => appendFile(path, Buffer.alloc(4096))],
    ['the last line cut short', async (path: string) => truncate(path, (await readFile(path)).length - 3)],
  ])('what a crash left torn (%s) is cut off and written over', async (_, tear) => {
    const path = join(dir, 'one.jsonl')
    const journal = await openJournal<{ n: number }>(path)
    for (let n = 0; n < 3; n++) await journal.append({ n })
    await journal.close()
    await tear(path)
    const torn = await openJournal<{ n: number }>(path)
    const kept = torn.entries.length
    expect(kept).toBeGreaterThanOrEqual(2)
    await torn.append({ n: 7 })
    await torn.close()
    const last = await openJournal<{ n: number }>(path)
    expect(last.entries.map(entry => entry.n)).toEqual([...[0, 1, 2].slice(0, kept), 7])
    await last.close()
  })

  test('a rewrite leaves the new entries, and takes more', async () => {
    const path = join(dir, 'one.jsonl')
    const journal = await openJournal<number>(path)
    await Promise.all([1, 2, 3].map(n => journal.append(n)))
    await journal.rewrite([6])
    await journal.append(7)
    await journal.close()
    const again = await openJournal<number>(path)
    expect(again.entries).toEqual([6, 7])
    await again.close()
  })

  test('nothing is taken after it was closed', async () => {
    const journal = await openJournal<number>(join(dir, 'one.jsonl'))
    await journal.close()
    await expect(journal.append(1)).rejects.toThrow('closed')
  })

  test('a folder that cannot be made is said', async () => {
    await writeFile(join(dir, 'file'), '')
    await expect(openJournal(join(dir, 'file', 'one.jsonl'))).rejects.toThrow()
  })
})

describe('a restart', () => {
  const way = request(['LHR-JFK 2027-03-10'], { passengers: family, maxConnections: 0 })

  test('keeps bookings, tickets, seats sold and ticket numbers, also without an orderly end', async () => {
    const clock = testClock()
    const world = await openTestWorld(clock, dir)
    const view = world.view('sabre')
    const offer = view.shop(way).find(one => one.holdAllowed)!
    const held = await booked(view, offer, family, { hold: true, reference: 'HELD01' })
    const ticketed = await booked(view, offer, family, { reference: 'PAID01' })
    await view.issueTickets(ticketed.locator)
    const gone = await booked(view, offer, family, { reference: 'GONE01' })
    await view.cancel(gone.locator)
    const fewer = await booked(view, offer, family, { reference: 'PART01' })
    await view.cancel(fewer.locator, ['t2'])
    const pnrs = view.listPnrs()
    const price = view.price(selectionOf(offer, family))

    // not closed: what was acknowledged is on disk, as after kill -9
    const restarted = await openTestWorld(clock, dir)
    const again = restarted.view('sabre')
    expect(again.listPnrs()).toEqual(pnrs)
    expect(again.findByReference('HELD01')).toEqual([held])
    expect(again.price(selectionOf(offer, family))).toEqual(price)
    const more = await again.issueTickets(held.locator)
    const numbers = pnrs.flatMap(pnr => pnr.tickets.map(ticket => ticket.number))
    expect(more.kind === 'ticketed' && more.pnr.tickets.some(ticket => numbers.includes(ticket.number))).toBe(false)
    await restarted.close()
    await world.close()
  })

  test('finds a booking cancelled whose time limit passed meanwhile', async () => {
    const clock = testClock()
    const world = await openTestWorld(clock, dir)
    const view = world.view('sabre')
    const offer = view.shop(way).find(one => one.holdAllowed)!
    const before = view.price(selectionOf(offer, [adult]))
    const pnr = await booked(view, offer, family, { hold: true })
    await world.close()
    const after = await openTestWorld(testClock(pnr.ticketBy + 1), dir)
    expect(after.view('sabre').findPnr(pnr.locator)?.status).toBe('cancelled')
    await after.close()
    const back = await openTestWorld(testClock(), dir)
    expect(back.view('sabre').price(selectionOf(offer, [adult]))).toEqual(before)
    await back.close()
  })

  test('forgets what flew two months ago, and only that', async () => {
    const world = await openTestWorld(testClock(), dir)
    const view = world.view('sabre')
    const soon = view.shop(request(['LHR-CDG 2026-11-30']))[0]!
    const late = view.shop(request(['LHR-CDG 2027-05-30']))[0]!
    await view.issueTickets((await booked(view, soon)).locator)
    const kept = await booked(view, late)
    await view.issueTickets(kept.locator)
    await world.close()
    const later = await openTestWorld(testClock(Date.parse('2027-03-01')), dir)
    expect(
      later
        .view('sabre')
        .listPnrs()
        .map(pnr => pnr.locator),
    ).toEqual([kept.locator])
    await later.close()
  })

  test('counts the ticketing failures of a magic route on', async () => {
    const world = await openTestWorld(testClock(), dir)
    const route = world.magicRoutes.find(one => one.effect === 'ticketing-fails-twice' && one.provider === 'sabre')!
    const offer = world.view('sabre').shop(request([`${route.origin}-${route.destination} 2027-03-10`]))[0]!
    const { locator } = await booked(world.view('sabre'), offer)
    expect((await world.view('sabre').issueTickets(locator)).kind).toBe('host-busy')
    await world.close()
    const again = await openTestWorld(testClock(), dir)
    expect((await again.view('sabre').issueTickets(locator)).kind).toBe('host-busy')
    expect((await again.view('sabre').issueTickets(locator)).kind).toBe('ticketed')
    await again.close()
  })

  test('every booking that was acknowledged is there after kill -9 in the middle of many', async () => {
    const script = fileURLToPath(new URL('booking-child.ts', import.meta.url))
    const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    let printed = ''
    const gone = new Promise(resolve => child.on('close', resolve))
    child.stdout.on('data', chunk => {
      printed += chunk
      if (printed.length > 7 * 60) child.kill('SIGKILL')
    })
    await gone
    const acknowledged = printed.slice(0, printed.lastIndexOf('\n')).split('\n')
    const world = await openTestWorld(systemClock, dir)
    const view = world.view('sabre')
    expect(acknowledged.length).toBeGreaterThanOrEqual(60)
    expect(acknowledged.filter(locator => view.findPnr(locator)?.status !== 'live')).toEqual([])
    await world.close()
  })
})
