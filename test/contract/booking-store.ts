import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditOf, auditStart, findBreak } from '../../src/booking/audit.ts'
import type { Booking, WorkItem } from '../../src/booking/booking.ts'
import { noProgress } from '../../src/booking/booking.ts'
import {
  type BookingStore,
  type Change,
  type KeyClaim,
  type KeyWrite,
  ReferenceTaken,
  VersionConflict,
} from '../../src/booking/booking-store.ts'
import type { BookingEvent, OrderFacts } from '../../src/booking/events.ts'
import { evolveAll } from '../../src/booking/evolve.ts'
import { statusOf } from '../../src/booking/status.ts'
import { newId, newReference, sha256Hex } from '../../src/core/ids.ts'
import { money } from '../../src/core/money.ts'
import { now, shownOffer, storedOffer } from '../booking/sample.ts'

/** What every booking store promises; run over each by test/booking/booking-store.test.ts. */
export function bookingStoreContract(title: string, open: () => Promise<OpenStore>): void {
  describe(title, () => {
    let opened: OpenStore
    let store: BookingStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
    })
    afterAll(async () => {
      await opened?.close()
    })

    const saved = async (more: Started = {}): Promise<Booking> => {
      const change = firstChange(more)
      await store.save(change)
      return change.after
    }

    describe('news of payment gateways', () => {
      const gatewayPaymentId = `tp_${newId('pay')}`
      test('a payment is found by our id and by the gateway, whoever it belongs to, and by no other gateway', async () => {
        const first = await saved()
        const paymentId = first.payments[0]!.id
        await store.save(changeOf(first, [{ kind: 'payment-authorised', paymentId, gatewayPaymentId }]))
        const { gateway } = first.payments[0]!
        const found = { tenant: first.tenant, bookingId: first.id, paymentId }
        expect(await store.findPayment({ gateway, paymentId })).toEqual(found)
        expect(await store.findPayment({ gateway, gatewayPaymentId })).toEqual(found)
        expect(await store.findPayment({ gateway: 'another', paymentId })).toBeUndefined()
        expect(await store.findPayment({ gateway: 'another', gatewayPaymentId })).toBeUndefined()
        expect(await store.findPayment({ gateway, gatewayPaymentId: 'tp_other' })).toBeUndefined()
      })

      test('an event is noted once, and goes when its time is over', async () => {
        const news = { gateway: 'test', id: newId('evt') }
        expect(await store.hasNews(news)).toBe(false)
        await store.noteNews(news, now)
        await store.noteNews(news, now + 10_000)
        expect(await store.hasNews(news)).toBe(true)
        expect(await store.hasNews({ ...news, gateway: 'another' })).toBe(false)
        expect(await store.dropNews(now, 100)).toBe(0)
        expect(await store.dropNews(now + 1, 100)).toBe(1)
        expect(await store.hasNews(news)).toBe(false)
      })
    })

    test('sightings are counted within their time and up to their bound, by tenant, each before it was noted', async () => {
      const tenant = newId('ten')
      const seen = (hash: string, countMax = 10) => ({ hash, withinMs: 1_000, countMax })
      const note = (at: number, ...sightings: readonly ReturnType<typeof seen>[]) =>
        store.noteSightings(tenant, sightings, at)
      expect(await note(now, seen('a'), seen('b'))).toEqual([0, 0])
      expect(await note(now + 10, seen('a'))).toEqual([1])
      expect(await note(now + 20, seen('b'), seen('a'))).toEqual([1, 2])
      expect(await note(now + 30, seen('a', 2))).toEqual([2])
      expect(await store.noteSightings(newId('ten'), [seen('a')], now + 30)).toEqual([0])
      expect(await note(now + 1_015, seen('a'))).toEqual([2])
      const all = await Promise.all([1, 2, 3].map(() => note(now + 5_000, seen('c', 1))))
      expect(all.flat().length).toBe(3)
      expect(await store.dropSightings(now - 1, 1_000)).toBe(0)
      expect(await store.dropSightings(now + 10_000, 1_000)).toBeGreaterThan(5)
      expect(await note(now + 5_000, seen('c'))).toEqual([0])
    })

    describe('save and find', () => {
      test('a booking comes back as it was, with its key and its sealed records', async () => {
        const change = firstChange()
        await store.save(change)
        const found = await store.find('default', change.after.id)
        expect(found?.booking).toEqual(change.after)
        expect(Buffer.from(found!.wrappedKey!)).toEqual(Buffer.from('wrapped'))
        expect(found!.sealed.map(record => [record.kind, Buffer.from(record.payload).toString()])).toEqual([
          ['party', 'sealed party'],
        ])
      })

      test('every state of every document survives', async () => {
        const first = await saved()
        const events = wholeLife(first)
        const after = evolveAll(first, events)
        await store.save(changeOf(first, events, { sealed: [record('context:ord', 'sealed context')] }))
        const found = await store.find('default', first.id)
        expect(found?.booking).toEqual(after)
        expect(found?.sealed.map(({ kind }) => kind)).toEqual(['context:ord', 'party'])
      })

      test('whoever was taken out survives; a booking from before there was such a thing has nobody of the kind', async () => {
        const first = await saved()
        const events = wholeLife(first).map(event => (event.kind === 'order-cancelled' ? partOf(event) : event))
        const after = evolveAll(first, events)
        expect(after.orders[0]?.cancelledPassengerIds).toEqual(['pax_1'])
        await store.save(changeOf(first, events))
        expect((await store.find('default', first.id))?.booking).toEqual(after)
        const older = await saved()
        await store.save(changeOf(older, wholeLife(older)))
        const [order] = (await store.find('default', older.id))!.booking.orders
        expect(order).not.toHaveProperty('cancelledPassengerIds')
      })

      test('a document whose number was replaced is gone', async () => {
        const first = await saved()
        const orderId = first.orders[0]!.id
        const seen = (...numbers: readonly string[]): BookingEvent => ({
          kind: 'order-seen',
          orderId,
          facts: facts(numbers),
        })
        await store.save(changeOf(first, [seen('1', '2')]))
        const second = evolveAll(first, [seen('1', '2')])
        await store.save(changeOf(second, [seen('2', '3')]))
        const found = await store.find('default', first.id)
        expect(found?.booking.orders[0]?.documents.map(({ number }) => number)).toEqual(['2', '3'])
      })

      test('a record sealed again replaces the one before', async () => {
        const first = await saved()
        await store.save(changeOf(first, [doubt(first)], { sealed: [record('party', 'second')] }))
        const found = await store.find('default', first.id)
        expect(found!.sealed.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['second'])
      })

      test('an answer kept for a key is not among the records of the booking', async () => {
        const first = await saved()
        await store.save(changeOf(first, [doubt(first)], { sealed: [record('answer:booking', 'x')] }))
        expect((await store.find('default', first.id))!.sealed.map(({ kind }) => kind)).toEqual(['party'])
      })
    })

    describe('versions', () => {
      test('a change decided on an older version is refused as a whole', async () => {
        const first = await saved()
        await store.save(changeOf(first, [doubt(first)]))
        const late = changeOf(first, wholeLife(first), { sealed: [record('context:late', 'x')] })
        await expect(store.save(late)).rejects.toThrow(VersionConflict)
        const found = await store.find('default', first.id)
        expect(found?.booking).toEqual(evolveAll(first, [doubt(first)]))
        expect(found?.sealed.map(({ kind }) => kind)).toEqual(['party'])
      })

      test('of twenty changes decided at the same time exactly one is written', async () => {
        const first = await saved()
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, () => store.save(changeOf(first, [doubt(first)]))),
        )
        expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1)
        const refusals = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
        expect(refusals.every(reason => reason instanceof VersionConflict)).toBe(true)
        expect((await store.find('default', first.id))?.booking.version).toBe(2)
      })

      test('a reference is given once, whatever the tenant', async () => {
        const first = await saved()
        const again = firstChange({ tenant: 'other', reference: first.reference })
        await expect(store.save(again)).rejects.toThrow(ReferenceTaken)
        expect(await store.find('other', again.after.id)).toBeUndefined()
      })

      test('changes of many bookings at once are each written or refused by themselves', async () => {
        const [late, ...others] = await Promise.all(Array.from({ length: 6 }, () => saved()))
        await store.save(changeOf(late!, [doubt(late!)]))
        const taken = firstChange({ reference: late!.reference })
        const fresh = firstChange()
        const changes = [changeOf(late!, wholeLife(late!)), ...others.map(one => changeOf(one, wholeLife(one)))]
        const ends = await Promise.allSettled([...changes, taken, fresh].map(change => store.save(change)))
        expect(ends.map(end => (end.status === 'rejected' ? end.reason.name : 'written'))).toEqual([
          ...['VersionConflict', ...others.map(() => 'written')],
          ...['ReferenceTaken', 'written'],
        ])
        const found = await Promise.all([...changes, taken, fresh].map(({ after }) => store.find('default', after.id)))
        expect(found[0]?.booking.version).toBe(2)
        expect(found.slice(1, -2).map(one => one?.booking)).toEqual(changes.slice(1).map(({ after }) => after))
        expect(found.slice(-2).map(one => one?.booking)).toEqual([undefined, fresh.after])
        for (const { after } of changes.slice(1)) {
          const records = await store.listAudit('default', after.id)
          const sealed = await store.find('default', after.id)
          expect(findBreak(after.id, records, sealed!.auditHead, [seal])).toBeNull()
          expect(await store.listAudit('default', after.id, 1)).toEqual(records.slice(1))
          expect(await opened.outbox(after.id)).toEqual(['booking.pending', 'booking.changed'])
        }
      })
    })

    describe('tenants', () => {
      test("another tenant's booking is not there: found, by reference, listed, changed, forgotten", async () => {
        const tenant = newId('ten')
        const first = await saved({ tenant })
        expect(await store.find('default', first.id)).toBeUndefined()
        expect(await store.findByReference('default', first.reference)).toBeUndefined()
        const listed = await store.list({ tenant: 'default', status: null, limit: 100, after: null })
        expect(listed.some(({ booking }) => booking.id === first.id)).toBe(false)
        const foreign = { ...first, tenant: 'default' }
        await expect(store.save(changeOf(foreign, [doubt(first)]))).rejects.toThrow(VersionConflict)
        expect(await store.listAudit('default', first.id)).toEqual([])
        expect((await store.find(tenant, first.id))?.booking).toEqual(first)
      })
    })

    describe('by reference', () => {
      test('gives the booking and the hashes of all last names', async () => {
        const first = await saved()
        const found = await store.findByReference('default', first.reference)
        expect(found?.stored.booking.id).toBe(first.id)
        expect([...found!.lastNameHashes].sort()).toEqual(['hash 1', 'hash 2', 'hash 3'])
        expect(await store.findByReference('default', 'ZZZZZZ')).toBeUndefined()
      })
    })

    describe('list', () => {
      test('newest first, in pages that neither repeat nor lose one, also of the same moment', async () => {
        const tenant = newId('ten')
        const times = [5, 3, 9, 3, 3, 1, 7].map(minutes => now + minutes * 60_000)
        const made = await Promise.all(times.map(createdAt => saved({ tenant, createdAt })))
        const seen: Booking[] = []
        for (let after: Booking | null = null; ; ) {
          const page: readonly { readonly booking: Booking }[] = await store.list({
            tenant,
            status: null,
            limit: 2,
            after,
          })
          if (page.length === 0) break
          seen.push(...page.map(({ booking }) => booking))
          after = seen.at(-1)!
        }
        expect(seen.map(({ createdAt }) => createdAt)).toEqual([...times].sort((a, b) => b - a))
        expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)))
      })

      test('by status', async () => {
        const tenant = newId('ten')
        const pending = await saved({ tenant })
        const unknown = await saved({ tenant })
        await store.save(changeOf(unknown, [doubt(unknown)]))
        const ids = async (status: 'pending' | 'outcome-unknown' | 'ticketed') =>
          (await store.list({ tenant, status, limit: 10, after: null })).map(({ booking }) => booking.id)
        expect(await ids('pending')).toEqual([pending.id])
        expect(await ids('outcome-unknown')).toEqual([unknown.id])
        expect(await ids('ticketed')).toEqual([])
      })
    })

    describe('due bookings', () => {
      test('are taken by one of many who ask at once, and are due again when put off', async () => {
        const due = now - 365 * 24 * 3_600_000
        const made = await Promise.all([1, 2, 3, 4].map(n => saved({ wakeAt: due + n })))
        const later = await saved({ wakeAt: due + 100 })
        const takes = await Promise.all(
          Array.from({ length: 8 }, () => store.claimDue({ now: due + 50, until: due + 60, limit: 2 })),
        )
        const taken = takes.flat().map(({ id }) => id)
        expect([...taken].sort()).toEqual(made.map(({ id }) => id).sort())
        expect(await store.claimDue({ now: due + 50, until: due + 60, limit: 2 })).toEqual([])
        expect((await store.claimDue({ now: due + 60, until: now, limit: 9 })).map(({ id }) => id).sort()).toEqual(
          made.map(({ id }) => id).sort(),
        )
        expect(await store.claimDue({ now: due + 100, until: now + 9e9, limit: 9 })).toEqual([
          { tenant: 'default', id: later.id },
        ])
      })

      test('what rests is never due', async () => {
        const first = await saved({ wakeAt: null })
        const due = await store.claimDue({ now: now - 200 * 24 * 3_600_000, until: now, limit: 100 })
        expect(due.some(({ id }) => id === first.id)).toBe(false)
      })
    })

    describe('idempotency keys', () => {
      test('of twenty claims at once exactly one is granted, the others see it in progress', async () => {
        const key = newId('key')
        const states = await Promise.all(
          Array.from({ length: 20 }, (_, i) => store.claimKey(claim(key, { owner: `own_${i}` }))),
        )
        const kinds = states.map(({ kind }) => kind).sort()
        expect(kinds).toEqual(['claimed', ...Array.from({ length: 19 }, () => 'in-progress')])
      })

      test('tenant, method and path, and key make it: each differs on its own', async () => {
        const key = newId('key')
        const claims = [
          claim(key),
          claim(key, { tenant: 'other' }),
          claim(key, { scope: 'POST /other' }),
          claim(newId('key')),
        ]
        for (const one of claims) expect((await store.claimKey(one)).kind).toBe('claimed')
      })

      test('the same key with another request is a conflict, running or answered', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        const other = claim(key, { fingerprint: 'other', owner: 'own_2' })
        expect(await store.claimKey(other)).toEqual({ kind: 'conflict' })
        await answered(key)
        expect(await store.claimKey(other)).toEqual({ kind: 'conflict' })
        expect(await store.claimKey({ ...other, now: now + 60_000 })).toEqual({ kind: 'conflict' })
      })

      const answered = async (key: string, body = '{"first":1}'): Promise<Booking> => {
        const first = await saved({ key: { name: claim(key), subject: null, answer: null } })
        const answer = { status: 201, contentType: 'application/json', answerKind: 'answer:booking' }
        const write: KeyWrite = { name: claim(key), subject: null, answer }
        await store.save(changeOf(first, [doubt(first)], { key: write, sealed: [record('answer:booking', body)] }))
        return first
      }

      test('an answer is given back byte for byte, also after the lease', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        const booking = await answered(key)
        for (const at of [now, now + 600_000]) {
          const state = await store.claimKey(claim(key, { owner: 'own_2', now: at, leaseUntil: at + 30_000 }))
          if (state.kind !== 'answered') throw new Error(state.kind)
          expect(state).toMatchObject({ status: 201, contentType: 'application/json' })
          expect(Buffer.from(state.body.record!.payload).toString()).toBe('{"first":1}')
          expect(state.body.bookingId).toBe(booking.id)
          expect(Buffer.from(state.body.wrappedKey!).toString()).toBe('wrapped')
        }
      })

      test('one that was let go before a booking was made is free for any request', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        await store.releaseKey(claim(key), now)
        expect(await store.claimKey(claim(key, { fingerprint: 'other' }))).toEqual({
          kind: 'claimed',
          bookingId: null,
          subject: null,
        })
      })

      test('one that was let go with a booking leads the next to it, with the same request only', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        const booking = await saved({ key: { name: claim(key), subject: 'pay_1', answer: null } })
        await store.releaseKey(claim(key), now)
        expect(await store.claimKey(claim(key, { fingerprint: 'other', owner: 'own_2' }))).toEqual({ kind: 'conflict' })
        expect(await store.claimKey(claim(key, { owner: 'own_2' }))).toEqual({
          kind: 'claimed',
          bookingId: booking.id,
          subject: 'pay_1',
        })
      })

      test('whoever holds it past the lease is taken for dead and cannot bind it any more', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        const later = now + 60_000
        const second = claim(key, { owner: 'own_2', now: later, leaseUntil: later + 30_000 })
        expect((await store.claimKey(second)).kind).toBe('claimed')
        const late = firstChange({ key: { name: claim(key), subject: null, answer: null } })
        await expect(store.save(late)).rejects.toThrow(VersionConflict)
        expect(await store.find('default', late.after.id)).toBeUndefined()
        await store.releaseKey(claim(key), later)
        expect((await store.claimKey(claim(key, { owner: 'own_3', now: later }))).kind).toBe('in-progress')
      })

      test('freed, or past its time, it is new', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        await saved({ key: { name: claim(key), subject: null, answer: null } })
        await store.freeKey(claim(key))
        expect(await store.claimKey(claim(key, { fingerprint: 'other' }))).toMatchObject({ bookingId: null })

        const old = newId('key')
        await store.claimKey(claim(old))
        await answered(old)
        const after = claim(old).expiresAt
        const anew = claim(old, { fingerprint: 'other', now: after, leaseUntil: after + 1, expiresAt: after + 2 })
        expect(await store.claimKey(anew)).toEqual({ kind: 'claimed', bookingId: null, subject: null })
      })

      test('old ones are dropped, at most so many at once', async () => {
        const past = now - 40 * 24 * 3_600_000
        for (let i = 0; i < 5; i++) {
          await store.claimKey(claim(newId('key'), { now: past, leaseUntil: past + 1, expiresAt: past + 2 }))
        }
        expect(await store.dropExpiredKeys(past + 2, 3)).toBe(3)
        expect(await store.dropExpiredKeys(past + 2, 3)).toBe(2)
        expect(await store.dropExpiredKeys(past + 2, 3)).toBe(0)
      })
    })

    test('a wrapped key of some booking is there, as long as that booking is not forgotten', async () => {
      await saved()
      const found = (await store.findAnyWrappedKey())!
      expect(Buffer.from(found.wrappedKey)).toEqual(Buffer.from('wrapped'))
      const { booking } = (await store.find(found.tenant, found.bookingId))!
      await store.save(changeOf(booking, [forgotten], { forget: true }))
      expect((await store.findAnyWrappedKey())?.bookingId).not.toBe(found.bookingId)
    })

    describe('forgetting', () => {
      test('takes the key, the records, the hashes and kept answers; the booking and its history stay', async () => {
        const key = newId('key')
        await store.claimKey(claim(key))
        const first = await saved({ key: { name: claim(key), subject: null, answer: null } })
        const answer = { status: 201, contentType: 'application/json', answerKind: 'answer:booking' }
        const write: KeyWrite = { name: claim(key), subject: null, answer }
        await store.save(changeOf(first, [doubt(first)], { key: write, sealed: [record('answer:booking', 'x')] }))
        const second = evolveAll(first, [doubt(first)])
        await store.save(changeOf(second, [forgotten], { forget: true }))
        const found = await store.find('default', first.id)
        expect(found).toMatchObject({ wrappedKey: null, sealed: [] })
        expect(found?.booking).toEqual({ ...evolveAll(first, [doubt(first)]), version: 3 })
        expect((await store.findByReference('default', first.reference))?.lastNameHashes).toEqual([])
        expect(await store.claimKey(claim(key, { owner: 'own_2' }))).toMatchObject({
          kind: 'answered',
          body: { wrappedKey: null, record: null },
        })
        expect((await store.listAudit('default', first.id)).at(-1)).toMatchObject({
          kind: 'personal-data-forgotten',
          sequence: 3,
        })
      })
    })

    describe('work items', () => {
      const stuck = (booking: Booking, at: number): BookingEvent => ({
        kind: 'order-stuck',
        orderId: booking.orders[0]!.id,
        reason: 'nobody knows',
        at,
      })

      test('are listed oldest first in pages, open and resolved apart, and found by id', async () => {
        const tenant = newId('ten')
        const made = []
        for (const at of [30, 10, 20, 10]) {
          const first = await saved({ tenant })
          await store.save(changeOf(first, [stuck(first, now + at)]))
          made.push(evolveAll(first, [stuck(first, now + at)]))
        }
        const seen: WorkItem[] = []
        for (let after: WorkItem | null = null; ; after = seen.at(-1)!) {
          const page = await store.listWorkItems({ tenant, open: true, limit: 3, after })
          if (page.length === 0) break
          seen.push(...page.map(({ item }) => item))
        }
        expect(seen.map(({ openedAt }) => openedAt - now)).toEqual([10, 10, 20, 30])
        const [booking] = made
        const item = booking!.workItems[0]!
        expect(await store.findWorkItem(tenant, item.id)).toEqual({ bookingId: booking!.id, item })
        expect(await store.findWorkItem('default', item.id)).toBeUndefined()
        const resolved: BookingEvent = {
          kind: 'work-item-resolved',
          workItemId: item.id,
          target: item.target,
          resolution: { kind: 'retry' },
          at: now + 40,
        }
        await store.save(changeOf(booking!, [resolved]))
        const closed = await store.listWorkItems({ tenant, open: false, limit: 10, after: null })
        expect(closed.map(one => one.item)).toEqual([{ ...item, resolvedAt: now + 40, resolution: 'retry' }])
        expect(await store.listWorkItems({ tenant, open: true, limit: 10, after: null })).toHaveLength(3)
      })
    })

    describe('audit log and outbox', () => {
      test('hold every event in order with who and why, in the same write or not at all', async () => {
        const first = await saved()
        const events = wholeLife(first)
        await store.save(changeOf(first, events))
        await store.save(changeOf(first, events)).catch(() => undefined)
        const audit = await store.listAudit('default', first.id)
        expect(audit.map(({ kind }) => kind)).toEqual(['booking-started', ...events.map(({ kind }) => kind)])
        expect(audit.map(({ sequence }) => sequence)).toEqual(audit.map((_, i) => i + 1))
        expect(audit.every(({ actor, requestId }) => actor === 'test' && requestId === 'req_test')).toBe(true)
        const { auditHead } = (await store.find('default', first.id))!
        expect(findBreak(first.id, audit, auditHead, [seal])).toBeNull()
        expect(await opened.outbox(first.id)).toEqual(['booking.pending', 'booking.changed'])
      })

      test('the sale is in the audit log by name only', async () => {
        const first = await saved()
        expect(JSON.stringify(await store.listAudit('default', first.id))).not.toContain('opaque offer')
      })
    })
  })
}

export type OpenStore = {
  readonly store: BookingStore
  /** Types in order. */
  outbox(id: string): Promise<readonly string[]>
  close(): Promise<void>
}

type Started = {
  readonly tenant?: string
  readonly reference?: string
  readonly createdAt?: number
  readonly wakeAt?: number | null
  readonly key?: KeyWrite
}

const forgotten: BookingEvent = { kind: 'personal-data-forgotten' }
const seal = (text: string): string => sha256Hex(`a key ${text}`)
/** Hashes of the last entries that were made here, by booking and version. */
const heads = new Map<string, string>()

function audited(before: Booking | undefined, after: Booking, events: readonly BookingEvent[], at: number) {
  const status = { before: before ? statusOf(before) : null, after: statusOf(after) }
  const write = { id: after.id, events, version: after.version, status, at, actor: 'test', requestId: 'req_test' }
  const audit = auditOf(write, before ? heads.get(`${before.id} ${before.version}`)! : auditStart, seal)
  heads.set(`${after.id} ${after.version}`, audit.at(-1)!.hash)
  return audit
}

const farAhead = now + 365 * 24 * 3_600_000

function firstChange(more: Started = {}): Change {
  const stored = storedOffer()
  const { offer, net } = stored
  const payment = {
    ...noProgress,
    id: newId('pay'),
    gateway: 'test',
    status: 'pending' as const,
    amount: offer.total,
    refunded: money(0, 'EUR'),
    gatewayPaymentId: null,
    action: null,
    fault: null,
    startedAt: now,
  }
  const event: BookingEvent = {
    kind: 'booking-started',
    id: newId('bkg'),
    tenant: more.tenant ?? 'default',
    reference: more.reference ?? newReference(),
    at: more.createdAt ?? now,
    goal: { kind: 'book', paymentId: payment.id },
    sale: {
      offerId: offer.id,
      provider: offer.provider,
      total: offer.total,
      shown: shownOffer(stored),
      net,
      rate: offer.price.rate,
      hold: false,
      departsAt: now + 1e9,
    },
    passengers: [
      { id: 'pax_1', type: 'ADT', adultId: null },
      { id: 'pax_2', type: 'INF', adultId: 'pax_1' },
    ],
    segmentIds: ['seg_1', 'seg_2'],
    orders: [
      {
        ...noProgress,
        id: newId('ord'),
        provider: offer.provider,
        offerId: offer.id,
        segmentIds: ['seg_1', 'seg_2'],
        status: 'pending',
        locators: [],
        ticketBy: null,
        remindedAt: null,
        total: null,
        documents: [],
      },
    ],
    payments: [payment],
  }
  const after = evolveAll(undefined, [event])
  return {
    before: undefined,
    after,
    audit: audited(undefined, after, [event], now),
    status: { before: null, after: statusOf(after) },
    wakeAt: more.wakeAt === undefined ? farAhead : more.wakeAt,
    sealed: [record('party', 'sealed party')],
    newPrivate: {
      wrappedKey: Buffer.from('wrapped'),
      lastNameHashes: { pax_1: ['hash 1'], pax_2: ['hash 2', 'hash 3'] },
    },
    key: more.key ?? null,
    announcements: [{ type: 'booking.pending', payload: { bookingId: after.id } }],
    forget: false,
    at: now,
  }
}

function changeOf(before: Booking, events: readonly BookingEvent[], more: Partial<Change> = {}): Change {
  const after = evolveAll(before, events)
  return {
    before,
    after,
    audit: audited(before, after, events, now + 1),
    status: { before: statusOf(before), after: statusOf(after) },
    wakeAt: farAhead,
    sealed: [],
    newPrivate: null,
    key: null,
    announcements: [{ type: 'booking.changed', payload: { bookingId: after.id } }],
    forget: false,
    at: now + 1,
    ...more,
  }
}

function doubt(booking: Booking): BookingEvent {
  return { kind: 'order-in-doubt', orderId: booking.orders[0]!.id, doubt: 'create', since: now }
}

function facts(numbers: readonly string[]): OrderFacts {
  return {
    status: 'ticketed',
    locators: [{ owner: 'alpha', locator: 'Q2X7PL' }],
    ticketBy: '2027-01-07T10:00:00Z',
    total: money(130106, 'USD'),
    documents: numbers.map(number => ({ kind: 'ticket', number, passengerId: 'pax_1', status: 'issued' })),
    segments: [{ id: 'seg_1', status: 'HK' }],
  }
}

/** Touches every table. */
function wholeLife(booking: Booking): readonly BookingEvent[] {
  const orderId = booking.orders[0]!.id
  const paymentId = booking.payments[0]!.id
  const attempt = {
    id: newId('att'),
    step: 'authorise',
    target: paymentId,
    startedAt: now,
    until: now + 1000,
    outcome: 'started' as const,
    fault: null,
  }
  const quote = {
    id: newId('cnq'),
    orderId,
    kind: 'refund' as const,
    refund: money(100000, 'EUR'),
    penalty: money(20468, 'EUR'),
    supplierRefund: money(108000, 'USD'),
    supplierPenalty: money(22106, 'USD'),
    expiresAt: now + 900_000,
    status: 'open' as const,
    fault: null,
  }
  const refund = {
    ...noProgress,
    id: newId('rfd'),
    paymentId,
    quoteId: quote.id,
    amount: quote.refund,
    refundedBefore: money(0, 'EUR'),
    status: 'pending' as const,
  }
  return [
    { kind: 'attempt-started', attempt },
    { kind: 'attempt-ended', attemptId: attempt.id, outcome: 'done', fault: null },
    { kind: 'payment-authorised', paymentId, gatewayPaymentId: 'tp_1' },
    { kind: 'order-seen', orderId, facts: facts(['1252400000001', '1252400000002']) },
    { kind: 'payment-captured', paymentId },
    { kind: 'cancellation-quoted', quote },
    { kind: 'cancellation-confirmed', quoteId: quote.id },
    { kind: 'order-cancelled', orderId, documents: [{ number: '1252400000001', status: 'refunded' }] },
    { kind: 'refund-requested', refund },
    { kind: 'refund-paid', refundId: refund.id },
  ]
}

function partOf({ orderId, documents }: BookingEvent & { readonly kind: 'order-cancelled' }): BookingEvent {
  const total = money(65_053, 'USD')
  return { kind: 'order-passengers-cancelled', orderId, passengerIds: ['pax_1'], documents, total }
}

function record(kind: string, text: string): { readonly kind: string; readonly payload: Buffer } {
  return { kind, payload: Buffer.from(text) }
}

function claim(key: string, more: Partial<KeyClaim> = {}): KeyClaim {
  return {
    tenant: 'default',
    scope: 'POST /v1/bookings',
    key,
    owner: 'own_1',
    fingerprint: 'fingerprint',
    now,
    leaseUntil: now + 30_000,
    expiresAt: now + 30 * 24 * 3_600_000,
    ...more,
  }
}
