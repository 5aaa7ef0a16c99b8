import { run, tail, which } from '../command.mjs'
import { step, Trouble } from '../console.mjs'

/**
 * Installs Debian packages. Only root can; anybody else is told what to ask for.
 * @param {readonly string[]} packages
 * @param {string} purpose
 */
export async function installPackages(packages, purpose) {
  const list = packages.join(' ')
  const aptGet = which('apt-get')
  if (!aptGet) throw new Trouble(`${purpose}: not on this machine, and no apt-get to install it; needed: ${list}`)
  if (process.getuid?.() !== 0) {
    throw new Trouble(`${purpose}: not on this machine; ask an administrator to run: apt-get install -y ${list}`)
  }
  await step(`installing ${list} (${purpose})`, () => aptInstall(aptGet, packages))
}

async function aptInstall(aptGet, packages) {
  // Debian would also start a server of its own for some of these; the lists of a fresh machine may be empty or stale.
  const install = () =>
    apt(aptGet, ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages])
  const first = await install()
  if (first.code === 0) return
  const update = await apt(aptGet, ['update', '-o', 'DPkg::Lock::Timeout=300'])
  const second = await install()
  if (second.code === 0) return
  const said = update.code === 0 ? second.output : `${update.output}\n${second.output}`
  throw new Trouble(`apt-get could not install ${packages.join(' ')}:\n${tail(said)}`)
}

function apt(aptGet, args) {
  return run(aptGet, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' } })
}
