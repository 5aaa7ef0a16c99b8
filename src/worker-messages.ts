/** What the first process and its workers tell each other. Plain data. */
import type { MetricsReport } from './core/metrics.prometheus.ts'
import type { Foundations } from './foundations.ts'
import type { Serving } from './serve.ts'

export type ToWorker =
  | {
      readonly kind: 'serve'
      readonly number: number
      /** Settled by the first process, so that all listen at the same one. */
      readonly port: number
      readonly foundations: Foundations
      /** A first start finds mistakes; later ones bear a store that is away. */
      readonly isReplacement: boolean
    }
  | { readonly kind: 'state'; readonly state: SharedState }
  | { readonly kind: 'drain' }
  | { readonly kind: 'report'; readonly id: number }
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string }

export type ToFirst =
  | { readonly kind: 'ready'; readonly serving: Serving }
  | { readonly kind: 'failed'; readonly text: string }
  /** Without `id`: unasked, so that what a worker had counted is not lost with it. */
  | { readonly kind: 'report'; readonly id?: number; readonly report: MetricsReport }
  | { readonly kind: 'metrics'; readonly id: number }

/** Of all, for the readiness that any of them tells. */
export type SharedState = { readonly sandbox: 'ok' | 'degraded' | 'off'; readonly workers: 'ok' | 'degraded' }
