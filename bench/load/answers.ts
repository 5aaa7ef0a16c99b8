/** The parts of answers that a visitor looks at. */
export type Offer = {
  readonly id: string
  readonly passengers: readonly { readonly ids: readonly string[]; readonly type: string }[]
}

export type SearchAnswer = {
  readonly id: string
  readonly page: { readonly next: string | null }
  readonly offers: readonly Offer[]
}

export type PriceAnswer =
  | { readonly kind: 'unchanged' | 'changed'; readonly offer: Offer }
  | { readonly kind: 'gone'; readonly reason: string }

export type MagicRoute = {
  readonly origin: string
  readonly destination: string
  readonly effect: string
  readonly provider: string
}

export type Sandbox = {
  readonly simulators: readonly { readonly code: string; readonly baseUrl: string }[]
  readonly gateway: { readonly baseUrl: string }
  readonly magicRoutes: readonly MagicRoute[]
}

/** Null: what came is no JSON; a target may say anything. */
export function parseAnswer<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}
