import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Clock, Timer } from '../core/clock.ts'
import { boundConnections, type ConnectionLimits } from './connections.ts'
import { inTurn } from './in-turn.ts'
import { refuseConnection } from './refuse-connection.ts'
import { keepAliveSeconds } from './send-whole.ts'

export type HttpServer = { readonly port: number; close(drainMs: number): Promise<void> }

export type ServerOptions = {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly limits: ConnectionLimits
  /** In front of the application, which it is given. */
  readonly inFront?: (next: RequestListener) => { readonly listener: RequestListener; close(): void }
  /** Other processes listen at the same port. The kernel divides connections among them: what waits for one that dies is
   *  reset, where node:cluster, handing connections out itself, forgets what it has just sent to it and the caller waits for
   *  ever. Where the kernel cannot (only Linux is asked to), node:cluster does. */
  readonly isPortShared?: boolean
}

/** Slow senders: headers within 10 s of the connection or the last answer, a whole request (256 kB) within 30 s; looked at each
 *  second (Node would each 30). */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: keepAliveSeconds * 1_000,
}

/** Resolves when it listens; rejects with the system's error (EADDRINUSE, EACCES …). */
export function startServer(app: Hono, options: ServerOptions): Promise<HttpServer> {
  const { host, port, clock, limits, inFront, isPortShared = false } = options
  return new Promise((resolve, reject) => {
    const behind = getRequestListener(app.fetch)
    const front = inFront?.(behind)
    const server = createServer(timeouts, inTurn(front?.listener ?? behind))
    const connections = boundConnections(server, limits, clock)
    server.on('clientError', refuseConnection)
    server.once('error', reject)
    const reusePort = isPortShared && process.platform === 'linux'
    server.listen({ port, host, backlog: 4_096, reusePort }, () => {
      const { port: own } = server.address() as AddressInfo
      resolve({
        port: own,
        close: drainMs => {
          connections.close()
          return drain(server, drainMs, clock).finally(() => front?.close())
        },
      })
    })
  })
}

/** Between two looks for connections that have become idle while draining. */
const idleLookMs = 20

/** No new connections, idle ones closed, those at work get `drainMs` and are closed as soon as they have their answer: kept
 *  alive they would hold us up until the other side loses patience. */
function drain(server: ReturnType<typeof createServer>, drainMs: number, clock: Clock): Promise<void> {
  return new Promise(resolve => {
    let look: Timer
    const closeIdle = (): void => {
      server.closeIdleConnections()
      look = clock.after(idleLookMs, closeIdle)
    }
    const timer = clock.after(drainMs, () => server.closeAllConnections())
    server.close(() => {
      timer.cancel()
      look.cancel()
      resolve()
    })
    closeIdle()
  })
}
