/** Everything that /metrics shows, in one table: names and labels are public (dashboards rely on them): add, never rename. */
export const metricTable = {
  fareloom_supplier_calls_total: {
    type: 'counter',
    help: 'Calls to suppliers by outcome',
    labels: ['provider', 'operation', 'outcome'],
  },
  fareloom_supplier_call_seconds: {
    type: 'histogram',
    help: 'Time a supplier took',
    labels: ['provider', 'operation'],
  },
  fareloom_supplier_breaker_open: {
    type: 'gauge',
    help: '1 while the breaker is open',
    labels: ['provider', 'operation'],
    across: 'max',
  },
  fareloom_supplier_waiting: {
    type: 'gauge',
    help: 'Calls waiting for a place under the concurrency cap',
    labels: ['provider'],
  },
  fareloom_supplier_in_flight: { type: 'gauge', help: 'Calls under way', labels: ['provider'] },
  fareloom_supplier_concurrency_limit: {
    type: 'gauge',
    help: 'Calls under way at once at most: less than the cap while the supplier is slow',
    labels: ['provider'],
  },
  fareloom_supplier_budget_refusals_total: {
    type: 'counter',
    help: 'Calls that were not made: rate, paused, looks-per-day or look-to-book',
    labels: ['provider', 'reason'],
  },
  fareloom_supplier_token_wait_seconds: {
    type: 'histogram',
    help: 'Time that calls waited for their turn under the rate',
    labels: ['provider'],
  },
  fareloom_supplier_pauses_total: {
    type: 'counter',
    help: 'Times that a supplier asked for fewer requests',
    labels: ['provider'],
  },
  fareloom_supplier_looks_used_ratio: {
    type: 'gauge',
    help: 'Looks of today as a part of those allowed; 0 without a bound',
    labels: ['provider'],
    across: 'max',
  },
  fareloom_supplier_hedges_total: {
    type: 'counter',
    help: 'Second requests by whether their answer came first',
    labels: ['provider', 'operation', 'outcome'],
  },
  fareloom_supplier_skips_total: {
    type: 'counter',
    help: 'Searches that left a supplier out to save its looks',
    labels: ['provider', 'reason'],
  },
  fareloom_gateway_calls_total: {
    type: 'counter',
    help: 'Calls to payment gateways by outcome',
    labels: ['gateway', 'operation', 'outcome'],
  },
  fareloom_gateway_news_total: {
    type: 'counter',
    help: 'What payment gateways sent unasked',
    labels: ['gateway', 'kind'],
  },
  fareloom_fraud_verdicts_total: {
    type: 'counter',
    help: 'Payments by what their fraud score says',
    labels: ['verdict'],
  },
  fareloom_searches_total: { type: 'counter', help: 'Searches by status and cache', labels: ['status', 'cache'] },
  fareloom_search_seconds: { type: 'histogram', help: 'Time from request to answer of a search', labels: ['cache'] },
  fareloom_offers_dropped_total: {
    type: 'counter',
    help: 'Offers of suppliers that break an invariant',
    labels: ['provider', 'reason'],
  },
  fareloom_store_errors_total: { type: 'counter', help: 'Failed commands of a store', labels: ['store', 'operation'] },
  fareloom_store_up: { type: 'gauge', help: '1 while a store answers', labels: ['store'], across: 'min' },
  fareloom_market_documents_total: {
    type: 'counter',
    help: 'Rows for the market index by outcome',
    labels: ['outcome'],
  },
  fareloom_warm_searches_total: {
    type: 'counter',
    help: 'Searches asked ahead of travellers, by what came of them',
    labels: ['outcome'],
  },
  fareloom_market_queue_length: { type: 'gauge', help: 'Rows waiting for the market index', labels: [] },
  fareloom_bookings_total: { type: 'counter', help: 'Bookings by the status reached', labels: ['status'] },
  fareloom_booking_steps_total: {
    type: 'counter',
    help: 'Steps of the booking flow by outcome',
    labels: ['step', 'outcome'],
  },
  fareloom_deliveries_total: {
    type: 'counter',
    help: 'Messages sent to webhooks and streams by outcome',
    labels: ['receiver', 'outcome'],
  },
  fareloom_http_requests_total: {
    type: 'counter',
    help: 'Requests by route and status',
    labels: ['method', 'route', 'status'],
  },
  fareloom_shed_total: {
    type: 'counter',
    help: 'Requests refused under too much load: read, search or booking before they were looked at, fan-out before suppliers were asked',
    labels: ['load'],
  },
  fareloom_rate_limited_total: { type: 'counter', help: 'Requests beyond a limit per client', labels: ['policy'] },
  fareloom_http_request_seconds: { type: 'histogram', help: 'Time to answer a request', labels: ['method', 'route'] },
} as const satisfies Readonly<Record<string, MetricShape>>

export type MetricShape = {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** What several processes are together; absent: their sum. */
  readonly across?: 'min' | 'max'
}
export type MetricName = keyof typeof metricTable
type NamesOf<Type> = {
  [Name in MetricName]: (typeof metricTable)[Name]['type'] extends Type ? Name : never
}[MetricName]
type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof metricTable)[Name]['labels'][number], string>>

export interface Metrics {
  count<Name extends NamesOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by?: number): void
  gauge<Name extends NamesOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void
  /** Seconds. */
  observe<Name extends NamesOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void
}

export const noMetrics: Metrics = { count() {}, gauge() {}, observe() {} }
