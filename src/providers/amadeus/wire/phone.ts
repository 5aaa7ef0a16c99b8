/** E.164 numbers in the two parts that Amadeus wants. */

/** Calling codes of one and two digits (ITU-T E.164 annex, list of assigned codes); all others have three. */
const short: ReadonlySet<string> = new Set(
  `1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91
  92 93 94 95 98`.split(/\s+/),
)

/** The vendor's pattern wants two characters at least, so a code of one digit keeps its plus sign. */
export function splitPhone(phone: string): { readonly countryCallingCode: string; readonly number: string } {
  const digits = phone.replace(/\D/g, '')
  const length = [1, 2].find(n => short.has(digits.slice(0, n))) ?? 3
  const code = digits.slice(0, length)
  return { countryCallingCode: code.length === 1 ? `+${code}` : code, number: digits.slice(length, length + 15) }
}
