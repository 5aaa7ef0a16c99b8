type ServerError = { readonly code?: unknown; readonly severity?: unknown }

/** Whether the database could not be asked, or said that it cannot answer now. FATAL ends a session or refuses it. SQLSTATE
 *  classes: 08 connection, 53 out of resources, 57 stopped by the operator or a time-out; without one the connection itself
 *  failed. Every SQLSTATE has a digit, EPIPE has none. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, severity } = error as ServerError
  const sqlState = typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null
  return sqlState === null || severity === 'FATAL' || /^(08|53|57|25006)/.test(sqlState)
}
