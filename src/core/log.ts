/** What modules log through; pino behind it in the composition roots. Ids only: names, contacts, documents and tokens
 *  never go in (redaction is the second line, not the first). */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
