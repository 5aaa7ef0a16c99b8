import { ProblemError } from '../core/problem.ts'
import type { TenantId } from '../core/tenant.ts'
import { offersBody, type PageJson, withProperty } from './answers.ts'
import { broken, type Cursor, type Cursors } from './cursor.ts'
import { facetsOf } from './facets.ts'
import { type Filters, failuresOf, isUnfiltered, noFilters, readFilters } from './filters.ts'
import { type OfferStore, offerSorts, type ViewTable } from './offer-store.ts'
import type { EncodedBody, OffersQuery } from './port.ts'
import type { Progressive } from './progressive.ts'
import { best } from './rank/best.ts'
import { explainer } from './rank/chain.ts'
import { orderRows, sortKeys } from './rank/sort.ts'
import { type SearchBase, searchIdOf, viewIdOf } from './search-ids.ts'
import { firstPageLimit, type ViewHead } from './view.ts'
import { joinOffers } from './view-offer.ts'

/** One page of a search's offers; undefined where the view is gone. Throws `validation`. */
export async function listOffers(
  parts: PageParts,
  base: SearchBase,
  query: OffersQuery,
): Promise<EncodedBody | undefined> {
  const request = query.cursor === undefined ? startOf(base, query) : continued(parts.cursors, base, query)
  const isPlain = request.filters !== undefined && isUnfiltered(request.filters) && !request.explain
  return isPlain ? listPlain(parts, request) : listFiltered(parts, request, query)
}

export type PageParts = {
  readonly store: OfferStore
  readonly cursors: Cursors
  readonly progressive: Pick<Progressive, 'read'>
  /** Whose view it must be, whatever its id says. */
  readonly tenant: TenantId
}

/** A cursor whose filters may still wait for the currency of the search; without a revision the newest is meant. */
type PageRequest = Omit<Cursor, 'filters' | 'revision'> & {
  readonly filters: Filters | undefined
  readonly revision: number | undefined
}

const limitMax = 100

function startOf(base: SearchBase, query: OffersQuery): PageRequest {
  const { sort = 'best', order = 'asc', explain = false } = query
  if (!offerSorts.includes(sort))
    throw invalid('query:sort', 'unknown-sort', `a sort is one of ${offerSorts.join(', ')}`)
  if (order !== 'asc' && order !== 'desc') throw invalid('query:order', 'unknown-order', 'an order is asc or desc')
  const filters = hasFilters(query) ? undefined : noFilters
  const limit = checkedLimit(query) ?? firstPageLimit
  return { base, revision: undefined, sort, order, filters, explain, limit, offset: 0 }
}

function hasFilters({ sort, order, explain, limit, cursor, ...filters }: OffersQuery): boolean {
  return Object.values(filters).some(value => value !== undefined)
}

function continued(cursors: Cursors, base: SearchBase, query: OffersQuery): PageRequest {
  const cursor = cursors.read(query.cursor!)
  if (cursor.base !== base) throw broken()
  return { ...cursor, limit: checkedLimit(query) ?? cursor.limit }
}

function checkedLimit({ limit }: OffersQuery): number | undefined {
  if (limit === undefined || (Number.isInteger(limit) && limit >= 1 && limit <= limitMax)) return limit
  throw invalid('query:limit', 'out-of-range', `limit is 1 to ${limitMax}`)
}

function invalid(pointer: string, code: string, detail: string): ProblemError {
  return new ProblemError('validation', detail, { errors: [{ pointer, code, detail }] })
}

/** All rows: the store's own order, facets as made with the view. */
async function listPlain(parts: PageParts, request: PageRequest): Promise<EncodedBody | undefined> {
  const found = await findPlain(parts, request)
  if (!found) return undefined
  checkTenant(found.head, parts.tenant, request.base)
  const { head, page } = found
  const info = pageInfo(parts.cursors, { ...request, revision: head.revision, filters: noFilters }, head.total)
  return { body: offersBody(head, request.base, page, info, head.facets) }
}

async function findPlain(
  { store, progressive }: PageParts,
  { base, revision, sort, order, offset, limit }: PageRequest,
): Promise<{ readonly head: ViewHead; readonly page: Buffer } | undefined> {
  const isFirst = sort === 'best' && order === 'asc' && offset === 0 && limit === firstPageLimit
  if (isFirst) return progressive.read(viewIdOf(base), revision, view => store.findFirstPage(view))
  const page = { sort, order, offset, limit }
  const found = await progressive.read(viewIdOf(base), revision, view => store.findPage(view, page))
  return found && { head: found.head, page: joinOffers(found.offers) }
}

async function listFiltered(
  { store, cursors, progressive, tenant }: PageParts,
  request: PageRequest,
  query: OffersQuery,
): Promise<EncodedBody | undefined> {
  const table = await progressive.read(viewIdOf(request.base), request.revision, view => store.findTable(view))
  if (!table) return undefined
  checkTenant(table.head, tenant, request.base)
  const { head, columns } = table
  const filters = request.filters ?? readFilters(query, head.currency)
  const failures = failuresOf(columns, filters)
  const rows = passingRows(table, failures, request)
  const shown = rows.slice(request.offset, request.offset + request.limit)
  const encoded = await store.findEncoded(
    head.id,
    shown.map(row => columns.leaders[row]!),
  )
  if (!encoded) return undefined
  const info = pageInfo(cursors, { ...request, revision: head.revision, filters }, rows.length)
  const facets = JSON.stringify(facetsOf(columns, failures, head.currency))
  const page = joinOffers(request.explain ? explained(table, shown, encoded) : encoded)
  return { body: offersBody(head, request.base, page, info, facets) }
}

/** Throws `not-found`. An id says whose it is (search-ids.ts); what it leads to says so once more. */
export function checkTenant(head: ViewHead, tenant: TenantId, base: SearchBase): void {
  if (head.tenant !== tenant) throw new ProblemError('not-found', `there is no search ${searchIdOf(base)}`)
}

function passingRows(
  { columns, places }: ViewTable,
  failures: Uint16Array,
  { sort, order }: PageRequest,
): readonly number[] {
  const rows: number[] = []
  for (const row of orderRows(sortKeys(columns, places, sort))) if (failures[row] === 0) rows.push(row)
  return order === 'asc' ? rows : rows.reverse()
}

function explained({ columns }: ViewTable, rows: readonly number[], encoded: readonly Buffer[]): readonly Buffer[] {
  const explain = explainer(best, columns)
  return encoded.map((offer, i) => withProperty(offer, 'explanation', explain(rows[i]!)))
}

/** Also of the first answer, which is page one of `best`. */
function pageInfo(cursors: Cursors, page: Cursor, total: number): PageJson {
  const offset = page.offset + page.limit
  return { limit: page.limit, total, next: offset < total ? cursors.write({ ...page, offset }) : null }
}

export function firstPageInfo(cursors: Cursors, base: SearchBase, head: ViewHead): PageJson {
  const page: Cursor = {
    base,
    revision: head.revision,
    sort: 'best',
    order: 'asc',
    filters: noFilters,
    explain: false,
    limit: firstPageLimit,
    offset: 0,
  }
  return pageInfo(cursors, page, head.total)
}
