/** The load generator, in a process of its own so that a server's CPU is its own: one POST again and again over connections
 *  that stay open, closed loop, raw sockets. Started with fork(); takes `{port, path, body, connections, requests, headers}`,
 *  sends `{count, bytes, latenciesMs}`. An answer without content-length, or with another status than 201, is an error. */
import { connect, type Socket } from 'node:net'
import type { DriveOrder } from './drive.ts'

let sockets: Socket[] = []
let openFor = ''

process.on('disconnect', () => process.exit(0))
process.on('message', (order: DriveOrder) => {
  drive(order).then(
    done => process.send!(done),
    error => process.send!({ error: String(error) }),
  )
})

async function drive(order: DriveOrder) {
  const { port, path, body, connections, requests, headers } = order
  const key = `${port} ${connections}`
  if (openFor !== key) {
    for (const socket of sockets) socket.destroy()
    sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
    openFor = key
  }
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(([k, v]) => `${k}: ${v}\r\n`)
  const length = Buffer.byteLength(body)
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}content-length: ${length}\r\n\r\n${body}`,
  )
  let left = requests
  let bytes = 0
  const latenciesMs: number[] = []
  await Promise.all(
    sockets.map(async socket => {
      while (left-- > 0) {
        const start = performance.now()
        bytes = await ask(socket, request)
        latenciesMs.push(performance.now() - start)
      }
    }),
  )
  return { count: latenciesMs.length, bytes, latenciesMs: order.wantsLatencies ? latenciesMs : [] }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Resolves with the length of the body. */
function ask(socket: Socket, request: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0)
    let missing = -1
    let length = 0
    const finish = (error?: Error): void => {
      socket.off('data', take).off('close', gone)
      if (error) reject(error)
      else resolve(length)
    }
    const gone = (): void => finish(new Error('the connection was closed'))
    const take = (chunk: Buffer): void => {
      if (missing >= 0) missing -= chunk.length
      else {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
        const end = head.indexOf('\r\n\r\n')
        if (end === -1) return
        const text = head.toString('latin1', 0, end)
        if (!text.startsWith('HTTP/1.1 201')) {
          finish(new Error(text))
          return
        }
        length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1])
        missing = length - (head.length - end - 4)
      }
      if (missing === 0) finish()
      else if (!(missing > 0)) finish(new Error('the answer has another length than it says'))
    }
    socket.on('data', take).once('close', gone)
    socket.write(request)
  })
}
