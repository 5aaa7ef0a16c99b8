type ServerError = { readonly code?: unknown; readonly severity?: unknown; readonly cause?: unknown }

/** Whether the database could not be asked, or said that it cannot answer now. FATAL ends a session or refuses it, in the server's
 *  own language. SQLSTATE classes: 08 connection, 28 who may connect, 53 out of resources, 57 stopped by the operator or a
 *  time-out; without one the connection itself failed. Every SQLSTATE has a digit, EPIPE has none. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, severity } = error as ServerError
  const sqlState = sqlStateOf(code)
  return sqlState === null || severity === 'FATAL' || /^(08|28|53|57|25006)/.test(sqlState)
}

/** Whether the server says that it has undone the statement; of anything else nobody knows. Its severity is in its own language
 *  (lc_messages: FEHLER), so the classes of what is refused while a statement runs count too; 40003 is the one that does not
 *  know. */
export function isUndone(error: unknown): boolean {
  const { code, severity, cause } = error as ServerError
  if (severity === undefined && cause !== undefined) return isUndone(cause)
  return severity === 'ERROR' || /^(2[0-7]|3|4(?!0003)|54|55|57014|P0)/.test(sqlStateOf(code) ?? '')
}

function sqlStateOf(code: unknown): string | null {
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null
}
