/** Ports and settings of the test gateway stand beside those of suppliers. */
const reserved: readonly string[] = ['test']

/** What is wrong with a code for a new supplier, in words that follow a colon; undefined: nothing. Codes are names of folders
 *  and, in capitals, of settings: `PROVIDER_ACME_BASE_URL`. */
export function codeMistake(code: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code) || code.length < 2 || code.length > 24)
    return 'a code has 2 to 24 lower-case letters, digits and single hyphens, and begins with a letter'
  if (reserved.includes(code)) return `${code} is reserved`
  if (taken.includes(code)) return `there is a supplier called ${code}`
  const near = taken.find(other => code.startsWith(`${other}-`) || other.startsWith(`${code}-`))
  return near && `its settings and those of ${near} could not be told apart`
}
