import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Clock, Timer } from '../core/clock.ts'
import { refuseConnection } from './refuse-connection.ts'

export type HttpServer = { readonly port: number; close(drainMs: number): Promise<void> }

/** Resolves when it listens; rejects with the system's error (EADDRINUSE, EACCES …). */
export function startServer(
  app: Hono,
  options: { readonly host: string; readonly port: number; readonly clock: Clock },
): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port }) as Server
    // Slow senders: headers within 10 s, a whole request (256 kB) within 30 s.
    server.headersTimeout = 10_000
    server.requestTimeout = 30_000
    server.on('clientError', refuseConnection)
    server.once('error', reject)
    server.once('listening', () => {
      resolve({ port: (server.address() as AddressInfo).port, close: drainMs => drain(server, drainMs, options.clock) })
    })
  })
}

/** Between two looks for connections that have become idle while draining. */
const idleLookMs = 20

/** No new connections, idle ones closed, those at work get `drainMs` and are closed as soon as they have their answer: kept
 *  alive they would hold us up until the other side loses patience. */
function drain(server: Server, drainMs: number, clock: Clock): Promise<void> {
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
