/** Something outside that keeps the service from starting. The message is one sentence for the person at the terminal,
 *  who needs no stack: what is wrong, and what to do. */
export class StartUpError extends Error {
  override readonly name = 'StartUpError'
}
