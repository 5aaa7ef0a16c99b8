import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request as startRequest } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP way to a server that notes what passes. */
export type Recorder = {
  /** The server's URL, path included, through the recorder. */
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  close(): Promise<void>
}

export type RecordedRequest = { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders }

export async function startRecorder(target: string): Promise<Recorder> {
  const to = new URL(target)
  const requests: RecordedRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming
    requests.push({ method, path, headers })
    const forward = startRequest({ host: to.hostname, port: to.port, method, path, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    forward.on('error', () => outgoing.destroy())
    incoming.pipe(forward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href.replace(/\/$/, ''),
    requests,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
