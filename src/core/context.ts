import type { TenantId } from './tenant.ts'

/** Who asks, for logs, audit and suppliers. `traceparent`: W3C trace context as it came, sent on. */
export type RequestContext = {
  readonly tenant: TenantId
  readonly requestId: string
  readonly traceparent: string | null
  /** For fair shares under load: a key or an address, never shown. Absent where no client asks. */
  readonly client?: string
}
