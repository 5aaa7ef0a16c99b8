import { findCardNumbers } from '../core/card-number.ts'
import { randomText } from '../core/ids.ts'

/** The caller's own where it is harmless in a header and a log, so no card number; else a new one. */
export function harmlessRequestId(given: string | undefined): string {
  const harmless = given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) && findCardNumbers(given).length === 0
  return harmless ? given : newRequestId()
}

const digits = '0123456789abcdefghjkmnpqrstvwxyz'
let stem = ''
let next = 0

/** As newId() makes them, but that a thousand in turn differ in two characters only: nobody has to guess at them. */
function newRequestId(): `req_${string}` {
  if (next % 1_024 === 0) stem = `req_${randomText(24, digits)}`
  const low = next++ % 1_024
  return `${stem}${digits[low >>> 5]}${digits[low & 31]}` as `req_${string}`
}
