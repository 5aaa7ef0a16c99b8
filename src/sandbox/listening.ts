import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../core/log.ts'

export type Listening = {
  /** Without a slash at its end. */
  readonly baseUrl: string
  /** Connections that are open are cut. */
  close(): Promise<void>
}

export type ListenOptions = { readonly host: string; readonly port: number; readonly log: Log }

/** What a simulator's server is, whatever it speaks. Rejects where the address is taken. */
export async function listen(
  { host, port, log }: ListenOptions,
  code: string,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listening> {
  const onRequest: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ simulator: code, error: String(error) }, 'a simulator could not answer')
      response.destroy()
    })
  }
  const server = createServer(onRequest)
  server.keepAliveTimeout = 60_000
  await bind(server, host, port)
  const address = server.address() as AddressInfo
  return {
    baseUrl: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    close: () => close(server),
  }
}

export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > bytesMax) resolve('too-large')
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('close', () => resolve('aborted'))
    request.on('error', () => resolve('aborted'))
  })
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
