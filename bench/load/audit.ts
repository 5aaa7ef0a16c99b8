/** After a run each booking is read again. An answer that never came is asked for again with the key of its request, which
 *  books nothing twice. Where the target has a sandbox, its orders and payments must say the same. */
import { parseAnswer, type Sandbox } from './answers.ts'
import type { BookingAttempt } from './bookings.ts'
import type { Client, Reply } from './client.ts'

export type Audit = {
  readonly attempts: number
  /** Bookings by the status that they have now. */
  readonly statuses: Readonly<Record<string, number>>
  /** Attempts that made no booking, by the answer. */
  readonly notMade: Readonly<Record<string, number>>
  /** Requests whose answer was lost and came when asked for again. */
  readonly recovered: number
  readonly withSandbox: boolean
  readonly unexplained: readonly string[]
}

type Booking = {
  readonly id: string
  readonly reference: string
  readonly status: string
  readonly provider: string
  readonly price: { readonly total: Money }
  readonly payments: readonly { readonly id: string; readonly status: string; readonly amount: Money }[]
}
type Money = { readonly amount: string; readonly currency: string }
type Order = { readonly reference: string; readonly status: string }
/** `reference` is the payment's id as the service has it. */
type Entry = { readonly reference: string; readonly kind: string; readonly amount: Money }
type Books = { readonly orders: ReadonlyMap<string, readonly Order[]>; readonly entries: readonly Entry[] }

const askTimeoutMs = 20_000
/** A booking under way has this long to come to an end. */
const settleMs = 20_000
const stepMs = 500
const atOnce = 8
const open = ['pending', 'confirmed']
/** What the engine may leave for a person or a traveller: it says so, and nothing is lost. */
const accounted = ['ticketed', 'held', 'outcome-unknown', 'action-required', 'failed', 'cancelled', 'refunded']

export async function auditBookings(client: Client, attempts: readonly BookingAttempt[], sandbox: Sandbox | null) {
  const audit = { statuses: count(), notMade: count(), recovered: 0, unexplained: [] as string[] }
  const found: Booking[] = []
  const ids = new Set<string>()
  await eachOf(attempts, async attempt => {
    const lost = attempt.reply.kind === 'none'
    const reply = lost ? await askAgain(client, attempt) : attempt.reply
    if (lost && reply.kind === 'answer') audit.recovered++
    const made = bookingIn(reply)
    if (!made) return noteRefusal(reply, attempt, audit)
    if (ids.has(made.id)) audit.unexplained.push(`${made.id}: answers two requests with different keys`)
    ids.add(made.id)
    const booking = await settled(client, made.id)
    if (!booking) return audit.unexplained.push(`${made.id}: was answered as ${made.status}, and cannot be read again`)
    found.push(booking)
    bump(audit.statuses, booking.status)
    if (!accounted.includes(booking.status)) audit.unexplained.push(`${booking.id}: is still ${booking.status}`)
    if (made.status === 'ticketed' && booking.status !== 'ticketed')
      audit.unexplained.push(`${booking.id}: was answered as ticketed, and is ${booking.status}`)
  })
  const books = sandbox && (await readBooks(sandbox))
  if (books) for (const booking of found) audit.unexplained.push(...contradictions(booking, books))
  return { ...audit, attempts: attempts.length, withSandbox: books !== null } satisfies Audit
}

function noteRefusal(
  reply: Reply,
  { idempotencyKey }: BookingAttempt,
  audit: { readonly notMade: Record<string, number>; unexplained: string[] },
) {
  if (reply.kind === 'none')
    audit.unexplained.push(`key ${idempotencyKey}: no answer, and none when asked again (${reply.why})`)
  else if (reply.text.includes('idempotency-in-progress'))
    audit.unexplained.push(`key ${idempotencyKey}: still being worked on`)
  else if (isMade(reply)) audit.unexplained.push(`key ${idempotencyKey}: ${reply.status}, and no booking in the answer`)
  else bump(audit.notMade, `${reply.status} ${/"type":"\/problems\/([a-z-]+)"/.exec(reply.text)?.[1] ?? ''}`.trim())
}

function askAgain(client: Client, { body, idempotencyKey }: BookingAttempt): Promise<Reply> {
  return client.send({ method: 'POST', path: '/v1/bookings', body, idempotencyKey, timeoutMs: askTimeoutMs })
}

const isMade = ({ status }: Reply & { kind: 'answer' }): boolean => status === 201 || status === 202

function bookingIn(reply: Reply): Booking | null {
  if (reply.kind === 'none' || !isMade(reply)) return null
  return parseAnswer<Booking>(reply.text)
}

async function settled(client: Client, id: string): Promise<Booking | null> {
  const endMs = performance.now() + settleMs
  for (;;) {
    const reply = await client.send({ method: 'GET', path: `/v1/bookings/${id}`, timeoutMs: askTimeoutMs })
    const booking = reply.kind === 'answer' && reply.status === 200 ? parseAnswer<Booking>(reply.text) : null
    const isOver = performance.now() > endMs
    if (isOver || (booking && !open.includes(booking.status))) return booking
    if (reply.kind === 'answer' && reply.status === 404) return null
    await new Promise(resolve => setTimeout(resolve, stepMs))
  }
}

/** Null where the simulators cannot be reached from here. */
async function readBooks({ simulators, gateway }: Sandbox): Promise<Books | null> {
  try {
    const orders = new Map<string, readonly Order[]>()
    for (const { code, baseUrl } of simulators)
      orders.set(code, (await get<{ orders: Order[] }>(`${baseUrl}/_sandbox/orders`)).orders)
    return { orders, entries: (await get<{ entries: Entry[] }>(`${gateway.baseUrl}/_sandbox/ledger`)).entries }
  } catch {
    return null
  }
}

async function get<T>(url: string): Promise<T> {
  const reply = await fetch(url, { signal: AbortSignal.timeout(askTimeoutMs) })
  if (!reply.ok) throw new Error(`${url} answers ${reply.status}`)
  return (await reply.json()) as T
}

function contradictions(
  { id, reference, status, provider, payments, price }: Booking,
  { orders, entries }: Books,
): readonly string[] {
  const held = [...orders.values()].flat().filter(order => order.reference === reference && order.status === 'live')
  const own = entries.filter(entry => payments.some(payment => payment.id === entry.reference))
  const captured = own.filter(entry => entry.kind === 'capture')
  const wrong: string[] = []
  if (status === 'ticketed' && held.length !== 1)
    wrong.push(`${id}: ticketed, and ${provider} holds ${held.length} live orders for it`)
  if (status === 'ticketed' && captured.length !== 1)
    wrong.push(`${id}: ticketed, and captured ${captured.length} times`)
  for (const { amount } of captured)
    if (amount.amount !== price.total.amount || amount.currency !== price.total.currency)
      wrong.push(
        `${id}: costs ${price.total.amount} ${price.total.currency}, and ${amount.amount} ${amount.currency} was captured`,
      )
  if (status === 'failed' && held.length > 0) wrong.push(`${id}: failed, and ${provider} holds a live order for it`)
  if (status === 'failed' && captured.length > own.filter(entry => entry.kind === 'refund').length)
    wrong.push(`${id}: failed, and its money was captured`)
  return wrong
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}

const count = (): Record<string, number> => ({})

function bump(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
