/** The load generator, in a process of its own so that a server's CPU is its own: one POST again and again over connections
 *  that stay open, closed loop or open, raw sockets. Started with fork(); takes a DriveOrder, sends Driven. An answer without
 *  content-length, or of a status that is not expected, is an error. */
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { DriveAnswer, DriveOrder } from './drive.ts'

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
  const answers: DriveAnswer[] = []
  let bytes = 0
  const send = async (place: number, dueMs: number): Promise<void> => {
    // one that the server has closed while it was idle is opened anew: nothing would ever come from it
    if (sockets[place]!.destroyed) sockets[place] = await open(port)
    const sentMs = performance.now()
    const answer = await ask(sockets[place]!, request)
    if (answer.status !== 201 && answer.status !== order.alsoStatus) throw new Error(`status ${answer.status}`)
    bytes = answer.length
    const nowMs = performance.now()
    answers.push({ status: answer.status, latencyMs: nowMs - dueMs, answerMs: nowMs - sentMs })
  }
  const startMs = performance.now()
  await (order.everyMs === undefined ? closedLoop(send, requests) : openLoop(send, requests, order.everyMs))
  const elapsedMs = performance.now() - startMs
  return { count: answers.length, bytes, elapsedMs, answers: order.wantsAnswers ? answers : [] }
}

/** Over the connection at that place. */
type Send = (place: number, dueMs: number) => Promise<void>

async function closedLoop(send: Send, requests: number): Promise<void> {
  let left = requests
  const work = async (_: Socket, place: number): Promise<void> => {
    while (left-- > 0) await send(place, performance.now())
  }
  await Promise.all(sockets.map(work))
}

/** Where all connections are taken a request waits, and its waiting counts. */
async function openLoop(send: Send, requests: number, everyMs: number): Promise<void> {
  const startMs = performance.now()
  let next = 0
  const work = async (_: Socket, place: number): Promise<void> => {
    while (next < requests) {
      const dueMs = startMs + next++ * everyMs
      const wait = dueMs - performance.now()
      if (wait > 1) await pause(wait)
      await send(place, dueMs)
    }
  }
  await Promise.all(sockets.map(work))
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    // afterwards its `close` says that it is gone
    socket.on('error', reject)
  })
}

type Answer = { readonly status: number; readonly length: number }

function ask(socket: Socket, request: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0)
    let missing = -1
    let length = 0
    let status = 0
    const finish = (error?: Error): void => {
      socket.off('data', take).off('close', gone)
      if (error) reject(error)
      else resolve({ status, length })
    }
    const gone = (): void => finish(new Error('the connection was closed'))
    const take = (chunk: Buffer): void => {
      if (missing >= 0) missing -= chunk.length
      else {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
        const end = head.indexOf('\r\n\r\n')
        if (end === -1) return
        const text = head.toString('latin1', 0, end)
        status = Number(text.slice(9, 12))
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
