const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether `YYYY-MM-DD` at the start of the text is a day that there is. */
export function startsWithDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return false
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const last = month === 2 && isLeap ? 29 : (daysOfMonths[month - 1] ?? 0)
  return day >= 1 && day <= last
}

/** `YYYY-MM-DD`, alone or with a time of day: a moment that a clock can show. */
export function isLocalDateTime(text: string): boolean {
  return startsWithDay(text) && (text.length === 10 || /^.{10}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text))
}
