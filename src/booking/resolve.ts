import type { RequestContext } from '../core/context.ts'
import { startDeadline } from '../core/deadline.ts'
import { ProblemError } from '../core/problem.ts'
import type { Resolution, WorkItem } from './booking.ts'
import { type FoundWorkItem, VersionConflict } from './booking-store.ts'
import { readWorkCursor, writeWorkCursor } from './list-cursor.ts'
import type { Desk } from './parts.ts'
import type { ResolveRequest, WorkItemJson, WorkItemQuery } from './port.ts'
import { type Held, load, run, startFrom } from './runner.ts'
import { decideResolution, workItemJson } from './work-items.ts'

const limitDefault = 20
const limitMax = 100
const conflictsMax = 5

/** GET /v1/work-items: oldest first. */
export async function listWorkItems(desk: Desk, query: WorkItemQuery, { tenant }: RequestContext) {
  const cursor = query.cursor === undefined ? null : readWorkCursor(query.cursor)
  const limit = Math.min(limitMax, Math.max(1, query.limit ?? limitDefault))
  const open = cursor ? cursor.open : query.status !== 'resolved'
  const found = await desk.tools.store.listWorkItems({ tenant, open, limit: limit + 1, after: cursor })
  const page = found.slice(0, limit)
  const last = page.at(-1)?.item
  const next = found.length > limit && last ? writeWorkCursor({ openedAt: last.openedAt, id: last.id, open }) : null
  const workItems = await Promise.all(page.map(one => shown(desk, tenant, one)))
  return { workItems: workItems.filter(one => one !== undefined), page: { limit, next } }
}

async function shown(
  desk: Desk,
  tenant: string,
  { bookingId, item }: FoundWorkItem,
): Promise<WorkItemJson | undefined> {
  const held = await load(desk.tools, tenant, bookingId)
  return held && jsonOf(held, item.id)
}

function jsonOf({ booking, secrets }: Held, id: WorkItem['id']): WorkItemJson {
  const item = booking.workItems.find(one => one.id === id)!
  return workItemJson(booking, item, secrets.party, secrets.notes[id] ?? null)
}

/** POST /v1/work-items/{id}/resolve: the note is sealed with the booking, since it may name people; who and what go into the
 *  audit log. The machine goes on from there at once. */
export async function resolveWorkItem(
  desk: Desk,
  id: WorkItem['id'],
  request: ResolveRequest,
  context: RequestContext,
): Promise<WorkItemJson> {
  const { clock } = desk.tools.outside
  const deadline = startDeadline(clock, desk.limits.deadlineMs)
  try {
    for (let conflicts = 1; ; conflicts++) {
      const held = await getHeld(desk, id, context)
      const item = held.booking.workItems.find(one => one.id === id)!
      const events = decideResolution(held.booking, item, resolutionOf(request), clock.now())
      const sealed = held.key ? [desk.vault.seal(held.key, `note:${id}`, request.note)] : []
      const secrets = { ...held.secrets, notes: { ...held.secrets.notes, [id]: request.note } }
      const how = { deadline, actor: `person:${request.by}`, requestId: context.requestId, traceparent: null }
      try {
        const start = startFrom({ ...held, secrets }, events, sealed)
        const { held: after } = await run(start, desk.tools, { ...how, key: null, answer: null })
        return jsonOf(after, id)
      } catch (error) {
        if (!(error instanceof VersionConflict) || conflicts >= conflictsMax) throw error
      }
    }
  } finally {
    deadline.dispose()
  }
}

async function getHeld(desk: Desk, id: WorkItem['id'], { tenant }: RequestContext): Promise<Held> {
  const found = await desk.tools.store.findWorkItem(tenant, id)
  const held = found && (await load(desk.tools, tenant, found.bookingId))
  if (!held) throw new ProblemError('not-found', 'There is no such work item.')
  return held
}

function resolutionOf({ resolution, locator }: ResolveRequest): Resolution {
  if (resolution !== 'found') return { kind: resolution }
  if (locator !== undefined) return { kind: 'found', locator }
  const error = { pointer: '/locator', code: 'required', detail: 'the locator of the order that was found' }
  throw new ProblemError('validation', `${error.pointer}: ${error.detail}`, { errors: [error] })
}
