import type { Message } from './message.ts'

/** Somebody who is told: a webhook, a Redis Stream, a Kafka topic. */
export interface Receiver {
  /** As in the store: `redis`, `kafka`. */
  readonly name: string
  /** Some messages at once, in order; all of them arrived, or none is known to have. Throws what went wrong. */
  send(messages: readonly Message[]): Promise<void>
  /** Throws where it is away. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type Sent =
  | { readonly kind: 'delivered' }
  /** To be tried again. */
  | { readonly kind: 'failed'; readonly fault: string }
  /** 410: it wants no more. */
  | { readonly kind: 'gone' }
  /** No later try would do better: a person must act first. */
  | { readonly kind: 'hopeless'; readonly fault: string }
