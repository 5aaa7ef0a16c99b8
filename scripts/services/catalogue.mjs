import { elasticsearch } from './elasticsearch.mjs'
import { kafka } from './kafka.mjs'
import { postgres, postgres15 } from './postgres.mjs'
import { redis } from './redis.mjs'

/**
 * @typedef {import('./process.mjs').ProcessRef} ProcessRef
 *
 * @typedef {object} Running
 * @property {string} url
 * @property {number} pid
 * @property {string} identity start time of the process, see process.mjs
 *
 * @typedef {object} Found
 * @property {string} source the binary or folder, for people
 * @property {(context: { dir: string, onProcess: (ref: ProcessRef) => void }) => Promise<Running>} start
 *   over a folder of its own; tells of its process as soon as there is one
 *
 * @typedef {object} Service
 * @property {string} name
 * @property {string} title
 * @property {string} variable a URL here means: use that server, start none
 * @property {readonly string[]} packages Debian packages that bring it
 * @property {{ name: string, port: number, url: (port: number) => string, env?: Record<string, string> }} image
 * @property {NodeJS.Signals} stopSignal
 * @property {() => Promise<Found | undefined>} find on this machine
 * @property {(url: string) => Promise<boolean>} isHealthy
 */

/** @type {readonly Service[]} */
export const catalogue = [redis, postgres, postgres15, elasticsearch, kafka]

/** Those that `npm test` needs; the long suites need all. */
export const quickServices = [redis, postgres, postgres15, elasticsearch].map(({ name }) => name)
