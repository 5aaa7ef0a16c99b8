/** Who a request belongs to: searches, offers, bookings, keys, events and marked-up prices never cross it. */
export type TenantId = string

/** Everybody, while no API keys are configured. */
export const defaultTenant: TenantId = 'default'
