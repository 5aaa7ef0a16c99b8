import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that one connection may have waiting behind the one that is being answered. */
const waitingMax = 100

/** Requests sent together on one connection (pipelined) are worked on one after the other, each when the answer before it has
 *  gone out: answers leave in that order anyway, and whoever reads nothing keeps one in memory. Node itself works on all that
 *  one packet brings: 30 connections, each with 1,200 requests for the API's description in 64 kB and no reader, took 5 GB and
 *  all of the event loop. */
export function inTurn(listener: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>()
  return (request, response) => {
    // one that waits behind another has no socket of its own yet
    if (response.socket !== null) return listener(request, response)
    const { socket } = request
    if (socket.destroyed) return
    const before = waiting.get(socket) ?? 0
    if (before >= waitingMax) return void socket.destroy()
    waiting.set(socket, before + 1)
    response.once('socket', () => {
      waiting.set(socket, waiting.get(socket)! - 1)
      listener(request, response)
    })
  }
}
