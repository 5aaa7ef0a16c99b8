/** A message that cannot be understood as a whole: what is wrong and where (byte offset, element path or JSON pointer).
 *  What is wrong with a single offer is a WireWarning and costs that offer only. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly reason: string
  readonly at: string

  constructor(reason: string, at: string) {
    super(`${reason} at ${at}`)
    this.reason = reason
    this.at = at
  }
}
