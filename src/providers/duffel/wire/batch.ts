import type { Instant } from '../../../core/clock.ts'
import { WireError } from '../../../core/wire-error.ts'
import { dataOf } from './envelope.ts'
import { countOf, type JsonObject, listOf, objectOf, textOf } from './read.ts'
import { clientKey } from './search.ts'

/** A batch offer request: created without offers, then asked until `remaining_batches` is 0. Each answer waits for the
 *  next batch and holds only the offers that no answer had before. Gone a minute after its creation. */
export type Batch = {
  readonly id: string
  readonly totalBatches: number
  readonly remainingBatches: number
  readonly offers: readonly unknown[]
}

export function isBatch(raw: JsonObject): boolean {
  return 'remaining_batches' in raw && 'total_batches' in raw
}

export function decodeBatch(root: unknown): Batch {
  const raw = objectOf(dataOf(root))
  const id = textOf(raw.id)
  const totalBatches = countOf(raw.total_batches)
  const remainingBatches = countOf(raw.remaining_batches)
  if (id === null || totalBatches === null || remainingBatches === null) {
    throw new WireError('a batch offer request without id or counters', '/data')
  }
  return { id, totalBatches, remainingBatches, offers: listOf(raw.offers) }
}

/** `offers` undefined: the answer to its creation. */
export function encodeBatch(
  batch: Omit<Batch, 'offers'>,
  createdAt: Instant,
  offers: readonly JsonObject[] | undefined,
): JsonObject {
  return {
    total_batches: batch.totalBatches,
    remaining_batches: batch.remainingBatches,
    ...(offers === undefined ? {} : { offers }),
    live_mode: false,
    id: batch.id,
    created_at: createdAt,
    client_key: clientKey(batch.id),
  }
}
