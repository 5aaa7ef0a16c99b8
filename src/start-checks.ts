/** What is asked before and while the parts are started, so that a mistake of whoever starts it is one sentence. */
import { connect, createServer } from 'node:net'
import { StartUpError } from './booking/embedded-postgres.ts'
import { parseRedisUrl } from './core/redis-address.ts'

export type Address = { readonly host: string; readonly port: number }

/** Later losses are borne (`isBorne`: this process takes the place of one that has ended); at the start an address that leads
 *  nowhere, or to something else, is a mistake. */
export async function usable(name: string, ready: Promise<void>, isBorne: boolean): Promise<void> {
  try {
    await ready
  } catch (error) {
    if (isBorne) return
    throw new StartUpError(`${name} cannot be used: ${(error as Error).message}`)
  }
}

/** Host and port answer: a wrong address is told at the start, in one sentence. */
export async function checkReachable(name: string, address: string | undefined, defaultPort: number): Promise<void> {
  if (!address) return
  const { hostname, port } = new URL(address)
  await checkAnswers(name, { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || defaultPort })
}

/** Of a cluster one of the nodes named. */
export async function checkRedisReachable(address: string | undefined): Promise<void> {
  const nodes = (address && parseRedisUrl(address)?.nodes) || []
  if (nodes.length === 0) return
  await Promise.any(nodes.map(node => checkAnswers('REDIS_URL', node))).catch(({ errors }: AggregateError) =>
    Promise.reject(errors[0]),
  )
}

function checkAnswers(name: string, at: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      socket.destroy()
      reject(new StartUpError(`${name} cannot be reached: ${reason} at ${at.host}:${at.port}`))
    }
    const socket = connect(at, () => {
      socket.destroy()
      resolve()
    })
    socket.setTimeout(3_000, () => fail('no answer within 3 s'))
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
  })
}

/** Before anything is started: the rest of a start takes seconds, and may take away what the other one needs. */
export function checkPortFree({ host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartUpError(portTrouble(error, host, port))))
    server.listen({ host, port }, () => server.close(() => resolve()))
  })
}

export function portTrouble({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use by another process: stop it or choose another PORT`
  if (code === 'EACCES') return `port ${port} may not be used by this user: choose a PORT above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `HOST ${host} is no address of this machine`
  return `HOST ${host} and PORT ${port} cannot be used: ${message}`
}
