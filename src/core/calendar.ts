/** `YYYY-MM-DDTHH:MM:SS` that a calendar and a clock have: 31 February is not, and neither is 24:30. By character codes:
 *  every segment of every search reply comes through here. */
export function isLocalTime(text: string): boolean {
  if (text.length !== 19) return false
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return false
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return false
  const year = pair(text, 0) * 100 + pair(text, 2)
  const month = pair(text, 5)
  const day = pair(text, 8)
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false
  if (!(day <= 28 || day <= monthDays(year, month))) return false
  return pair(text, 11) < 24 && pair(text, 14) < 60 && pair(text, 17) < 60
}

/** Whether `YYYY-MM-DD` at the start of the text is a day that there is. */
export function startsWithDay(text: string): boolean {
  return isLocalTime(`${text.slice(0, 10)}T00:00:00`)
}

/** A day, alone or with a time to the minute or the second. */
export function isLocalDateTime(text: string): boolean {
  if (text.length === 10) return startsWithDay(text)
  return isLocalTime(text.length === 16 ? `${text}:00` : text)
}

function monthDays(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** NaN where one of the two is no digit. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}
