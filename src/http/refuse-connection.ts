import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { newId } from '../core/ids.ts'
import { ProblemError, problemJson, problemType } from '../core/problem.ts'

type HttpFault = { readonly status: number; readonly words: string; readonly detail: string }

const notHttp: HttpFault = { status: 400, words: 'Bad Request', detail: 'this is no HTTP request' }
const faults: Readonly<Record<string, HttpFault>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    words: 'Request Header Fields Too Large',
    detail: 'address and headers together may have at most 16 kB',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, words: 'Request Timeout', detail: 'the request took too long to arrive' },
}

/** What is no HTTP never reaches a route: refused here, with a request id and a problem like everywhere else. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  // an answer that has begun would be broken by a second one
  const { _httpMessage: answer } = socket as Duplex & { readonly _httpMessage?: ServerResponse | null }
  if (error.code === 'ECONNRESET' || !socket.writable || answer?.headersSent) return void socket.destroy()
  const { status, words, detail } = faults[error.code ?? ''] ?? notHttp
  const requestId = newId('req')
  const body = JSON.stringify(problemJson(new ProblemError('validation', detail, { status }), '', requestId))
  const headers = [
    `HTTP/1.1 ${status} ${words}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ]
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
