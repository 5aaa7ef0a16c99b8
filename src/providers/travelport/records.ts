import type { Instant } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type { Call, FindCriteria, FindOutcome, OrderKey, RetrieveOutcome } from '../port.ts'
import { ask, type Desk, headOf, type Told } from './desk.ts'
import { recordedTravellers } from './passengers.ts'
import { isOrderContext } from './wire/context.ts'
import { type FoundRecord, readCancelReply, readRecordSearch } from './wire/document-replies.ts'
import { toOrder } from './wire/order.ts'
import { encodeCancelRecord, encodeRecordSearch, encodeRetrieve, recordsPerPage } from './wire/record-requests.ts'
import { readRecordReply } from './wire/record-reply.ts'
import type { UniversalRecord } from './wire/universal-record.ts'

/** A record as it stands now. */
export type Kept = { readonly record: UniversalRecord; readonly order: SupplierOrder }

export type Found =
  | { readonly kind: 'found'; readonly kept: Kept }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly fault: Fault }

export async function retrieveOrder(desk: Desk, key: OrderKey, call: Call): Promise<RetrieveOutcome> {
  const found = await retrieve(desk, universalLocatorOf(key), key.travellers, call)
  return found.kind === 'found' ? { kind: 'found', order: found.kept.order } : found
}

/** The locator that we give first is the universal record's. */
export function universalLocatorOf(key: OrderKey): string {
  return isOrderContext(key.supplierContext) ? key.supplierContext.universalLocator : key.locator
}

export async function retrieve(
  desk: Desk,
  universalLocator: string,
  travellers: OrderKey['travellers'],
  call: Call,
): Promise<Found> {
  const told = await ask(
    desk,
    {
      service: 'UniversalRecordService',
      body: encodeRetrieve(universalLocator, headOf(desk, call)),
      expects: 'UniversalRecordRetrieveRsp',
      changes: false,
      read(reply): Kept | undefined {
        const { record } = readRecordReply(reply)
        return record ? { record, order: toOrder(reply, record, recordedTravellers(travellers)) } : undefined
      },
    },
    call,
  )
  if (told.kind === 'fault')
    return told.fault.kind === 'not-found' ? { kind: 'absent' } : { kind: 'failed', fault: told.fault }
  if (told.value) return { kind: 'found', kept: told.value }
  return { kind: 'failed', fault: fault('malformed-reply', 'the reply holds no record') }
}

/** Gives the seats back. The version guards against changes that we have not seen. */
export async function cancelRecord(desk: Desk, record: UniversalRecord, call: Call): Promise<Told<boolean>> {
  return ask(
    desk,
    {
      service: 'UniversalRecordService',
      body: encodeCancelRecord(record.locator, record.version, headOf(desk, call)),
      expects: 'UniversalRecordCancelRsp',
      changes: true,
      read: reply => readCancelReply(reply).every(result => result.cancelled),
    },
    call,
  )
}

/** Bounds of a search for one reference: common names have many records. */
const pagesMax = 5
const candidatesMax = 100
/** Opened together: one after the other a crowd of one name took longer than the look for an order may. */
const openedAtOnce = 4
const dayMs = 86_400_000

/** The service searches by name and departure; our reference stands in a remark, so what fits is opened. */
export async function findOrders(desk: Desk, criteria: FindCriteria, call: Call): Promise<FindOutcome> {
  const listed = await candidates(desk, criteria, call)
  if (!Array.isArray(listed)) return { kind: 'failed', fault: listed as Fault }
  const records = listed as readonly FoundRecord[]
  const orders: SupplierOrder[] = []
  for (let i = 0; i < records.length; i += openedAtOnce) {
    const some = records.slice(i, i + openedAtOnce)
    const opened = await Promise.all(some.map(one => retrieve(desk, one.universalLocator, criteria.travellers, call)))
    for (const found of opened) {
      if (found.kind === 'failed') return { kind: 'failed', fault: found.fault }
      if (found.kind === 'found' && isOurs(found.kept.order, criteria)) orders.push(found.kept.order)
    }
  }
  return { kind: 'found', orders }
}

function isOurs({ reference, status }: SupplierOrder, criteria: FindCriteria): boolean {
  return reference === criteria.reference && status !== 'cancelled'
}

async function candidates(desk: Desk, criteria: FindCriteria, call: Call): Promise<readonly FoundRecord[] | Fault> {
  const first = criteria.travellers.find(traveller => traveller.type !== 'INF') ?? criteria.travellers[0]
  if (!first) return fault('invalid-request', 'records are found by a traveller: none was given')
  const departureDate = criteria.segments[0]?.departure.slice(0, 10) ?? null
  const fitting: FoundRecord[] = []
  for (let page = 0; page < pagesMax; page++) {
    const told = await ask(
      desk,
      {
        service: 'UniversalRecordService',
        body: encodeRecordSearch(
          {
            surname: first.surname,
            givenNames: first.givenNames,
            departureDate,
            startFrom: page * recordsPerPage + 1,
          },
          headOf(desk, call),
        ),
        expects: 'UniversalRecordSearchRsp',
        changes: false,
        read: readRecordSearch,
      },
      call,
    )
    if (told.kind === 'fault') return told.fault.kind === 'not-found' ? fitting : told.fault
    fitting.push(...told.value.records.filter(one => isLaterThan(one, criteria.createdAfter)))
    if (fitting.length > candidatesMax) return fault('refused', `more than ${candidatesMax} records under that name`)
    if (!told.value.more) break
  }
  return fitting
}

/** Created dates may have no time: a day's grace. */
function isLaterThan(one: FoundRecord, createdAfter: Instant): boolean {
  const created = Date.parse(one.createdDate ?? '')
  return Number.isNaN(created) || created >= Date.parse(createdAfter) - dayMs
}
