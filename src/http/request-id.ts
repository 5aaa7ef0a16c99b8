import { findCardNumbers } from '../core/card-number.ts'
import { newId } from '../core/ids.ts'

/** The caller's own where it is harmless in a header and a log, so no card number; else a new one. */
export function harmlessRequestId(given: string | undefined): string {
  const harmless = given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) && findCardNumbers(given).length === 0
  return harmless ? given : newId('req')
}
