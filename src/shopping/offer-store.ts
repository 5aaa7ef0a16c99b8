import type { EpochMs } from '../core/clock.ts'
import type { OfferId } from '../core/ids.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { AvailabilityRow } from './availability.ts'
import type { Columns } from './columns.ts'
import type { ChangeMark, NetSet } from './net-set.ts'
import type { OfferSort, PartHealth, StoredOffer } from './port.ts'
import type { AnswerKey, ReadyAnswer } from './ready-answer.ts'
import type { ViewId } from './search-ids.ts'
import type { View, ViewHead, ViewOffer } from './view.ts'

/** Where searches and offers live until they expire. Nothing here outlives an offer's own expiry; what has expired is
 *  absent. Methods throw StoreUnavailable when the store cannot say; absence is undefined. */
export interface OfferStore {
  saveView(view: View): Promise<void>
  /** What GET /v1/searches/{id} needs, in one read. */
  findFirstPage(id: ViewId): Promise<FirstPage | undefined>
  /** What filters, facets and explanations look at. */
  findTable(id: ViewId): Promise<ViewTable | undefined>
  /** A page of an unfiltered view: encoded offers with the ids of the view's own search. */
  findPage(id: ViewId, page: PageOf): Promise<EncodedPage | undefined>
  /** Encoded offers by index, in that order. */
  findEncoded(id: ViewId, indexes: readonly number[]): Promise<readonly Buffer[] | undefined>
  findOffer(id: ViewId, index: number): Promise<{ readonly head: ViewHead; readonly offer: ViewOffer } | undefined>

  /** An offer of its own: what a price confirmation changed. */
  saveSingle(offer: StoredOffer, expiresAt: EpochMs): Promise<void>
  findSingle(id: OfferId): Promise<StoredOffer | undefined>

  /** Net result sets by query key, until `reusableUntil` or until one of their flights is noted as changed. */
  saveNet(key: string, net: NetSet): Promise<void>
  /** `after`: only one that was answered later. */
  findNet(key: string, after?: EpochMs): Promise<NetSet | undefined>
  /** The same of what one tenant was answered, ready to be sent: by question and tenant, each its own prices. */
  saveAnswer(key: AnswerKey, answer: ReadyAnswer): Promise<void>
  findAnswer(key: AnswerKey): Promise<ReadyAnswer | undefined>
  /** The same at once where memory has it and may be believed; undefined: ask findAnswer(). */
  recallAnswer(key: AnswerKey): ReadyAnswer | undefined

  /** Where the record of changed flights stands: taken before suppliers are asked, kept with what they answer. */
  mark(): ChangeMark
  /** A price or the seats of these offers are not what was cached. Once it has resolved no process that can read the record
   *  uses a cached search that holds one of their flights and was asked before; one that cannot uses none. Never throws. */
  noteChange(offers: readonly SupplierOffer[]): Promise<void>

  /** How far a search is that answers before its suppliers have (progressive.ts). */
  saveProgress(id: ViewId, progress: SearchProgress): Promise<void>
  findProgress(id: ViewId): Promise<SearchProgress | undefined>

  /** Lowest prices by flight, for whoever reads the store beside us. */
  noteAvailability(rows: readonly AvailabilityRow[], until: EpochMs): Promise<void>

  health(): PartHealth
  close(): Promise<void>
}

export type SearchProgress = {
  /** The newest; each is a view of its own (revisionId() of search-ids.ts), the last one that of the search itself. */
  readonly revision: number
  readonly done: boolean
  /** By then it is done, or its process is gone. */
  readonly endsAt: EpochMs
  readonly expiresAt: EpochMs
}

export type FirstPage = { readonly head: ViewHead; readonly page: Buffer }
export type ViewTable = { readonly head: ViewHead; readonly columns: Columns; readonly places: Int32Array }
export type PageOf = {
  readonly sort: OfferSort
  readonly order: 'asc' | 'desc'
  readonly offset: number
  readonly limit: number
}
export type EncodedPage = { readonly head: ViewHead; readonly offers: readonly Buffer[] }

export const offerSorts: readonly OfferSort[] = ['best', 'price', 'duration', 'departure', 'arrival']

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
