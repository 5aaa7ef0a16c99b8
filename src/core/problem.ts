/** Problem types, RFC 9457 section 3.1.1. Slugs are public: add, never rename. */
export const problems = {
  validation: { status: 422, title: 'The request has invalid fields', retry: 'never' },
  unauthenticated: { status: 401, title: 'No valid API key was given', retry: 'never' },
  forbidden: { status: 403, title: 'This key may not do that', retry: 'never' },
  'not-found': { status: 404, title: 'There is no such thing here', retry: 'never' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method', retry: 'never' },
  'offer-expired': { status: 410, title: 'This offer can no longer be booked', retry: 'never' },
  'search-expired': { status: 410, title: 'This search has expired', retry: 'never' },
  'price-changed': { status: 409, title: 'The airline changed the price', retry: 'after-confirm' },
  'sold-out': { status: 409, title: 'The seats were sold in the meantime', retry: 'never' },
  'idempotency-conflict': { status: 409, title: 'This idempotency key was used with another request', retry: 'never' },
  'idempotency-in-progress': {
    status: 409,
    title: 'A request with this idempotency key is still running',
    retry: 'later',
  },
  'payment-declined': { status: 402, title: 'The payment was declined', retry: 'never' },
  'not-cancellable': { status: 409, title: 'This booking cannot be cancelled here', retry: 'never' },
  'hold-not-allowed': { status: 409, title: 'This offer cannot be held without payment', retry: 'never' },
  'not-payable': { status: 409, title: 'This booking has nothing to pay', retry: 'never' },
  'work-item-closed': { status: 409, title: 'This work item was resolved before', retry: 'never' },
  'booking-failed': { status: 409, title: 'The supplier refused the booking', retry: 'never' },
  'rate-limited': { status: 429, title: 'Too many requests', retry: 'later' },
  'suppliers-unavailable': { status: 503, title: 'No supplier answered in time', retry: 'later' },
  overloaded: { status: 503, title: 'The service is too busy', retry: 'later' },
  unavailable: { status: 503, title: 'A part that this needs is not available', retry: 'later' },
  internal: { status: 500, title: 'Something went wrong on our side', retry: 'later' },
} as const

export type ProblemType = keyof typeof problems
export type Retry = 'never' | 'now' | 'later' | 'after-confirm'

/** A field that is wrong: RFC 6901 pointer into the body, `query:limit` or `header:idempotency-key`. */
export type FieldError = { readonly pointer: string; readonly code: string; readonly detail: string }

/** Thrown by the modules below http/ and turned into an RFC 9457 answer there. `detail` and `extensions` are public;
 *  `cause` goes to the log only. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly type: ProblemType
  readonly detail: string
  readonly errors: readonly FieldError[]
  /** Where one type has several statuses (validation: 400, 413, 415, 422). */
  readonly status: number
  readonly retryAfterSeconds: number | null
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(
    type: ProblemType,
    detail: string,
    more: {
      readonly errors?: readonly FieldError[]
      readonly status?: number
      readonly retryAfterSeconds?: number
      readonly extensions?: Readonly<Record<string, unknown>>
      readonly cause?: unknown
    } = {},
  ) {
    super(`${type}: ${detail}`, { cause: more.cause })
    this.type = type
    this.detail = detail
    this.errors = more.errors ?? []
    this.status = more.status ?? problems[type].status
    this.retryAfterSeconds = more.retryAfterSeconds ?? null
    this.extensions = more.extensions ?? {}
  }
}

export const problemType = 'application/problem+json; charset=utf-8'

/** The body of application/problem+json, RFC 9457. Extensions come first: they never hide a standard member. */
export function problemJson(
  problem: ProblemError,
  instance: string,
  requestId: string,
): Readonly<Record<string, unknown>> {
  const { title, retry } = problems[problem.type]
  return {
    ...problem.extensions,
    type: `/problems/${problem.type}`,
    title,
    status: problem.status,
    detail: problem.detail,
    instance,
    retry,
    requestId,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  }
}
