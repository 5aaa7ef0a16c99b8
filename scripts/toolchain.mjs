import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run, tail } from './command.mjs'
import { step, Trouble } from './console.mjs'
import { linkEmbeddedPostgres } from './embedded-links.mjs'
import { holdLock } from './lock.mjs'
import { root, toolchainDir } from './paths.mjs'

/** Source runs as it is: type stripping without a warning begins here. */
const nodeMin = { major: 24, minor: 3 }
/** The packages hold the binary itself: no install script needed. Elsewhere `node@24`, whose script fetches it. */
const pinned =
  process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
    ? { spec: `node-linux-${process.arch}@24.21.0`, binary: `node-linux-${process.arch}/bin/node` }
    : { spec: 'node@24', binary: 'node/bin/node' }

const lockFile = join(root, 'package-lock.json')
const modulesDir = join(root, 'node_modules')
const modulesStamp = join(modulesDir, '.fareloom-lock-sha256')

/** Node 24 and the packages, both fetched when missing.
 *  @returns {Promise<string>} the path of a Node that runs our source */
export async function ensureToolchain() {
  const node = await ensureNode()
  await ensureModules()
  return node
}

/** @returns {Promise<string>} */
export async function ensureNode() {
  if (isRecent(process.version)) return process.execPath
  const binary = join(toolchainDir, 'node_modules', pinned.binary)
  const stamp = join(toolchainDir, '.node-ready')
  // The stamp is written last: a download that was cut off is done again.
  if (existsSync(binary) && read(stamp) === pinned.spec) return binary
  mkdirSync(toolchainDir, { recursive: true })
  await holdLock(join(toolchainDir, 'lock'), async () => {
    if (existsSync(binary) && read(stamp) === pinned.spec) return
    if (!(await runs(binary))) await fetchNode(binary)
    writeFileSync(stamp, pinned.spec)
  })
  return binary
}

async function fetchNode(binary) {
  await step(`this is Node ${process.version}, fetching ${pinned.spec} into .toolchain`, async () => {
    // In a project of its own, not with --prefix: npm would then miss the machine's settings (proxy, certificates).
    writeFileSync(join(toolchainDir, 'package.json'), '{ "private": true }\n')
    const args = ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', pinned.spec]
    const { code, output } = await runNpm(args, toolchainDir)
    if (code !== 0) throw new Trouble(`npm could not fetch Node 24:\n${tail(output)}`)
    if (!(await runs(binary)))
      throw new Trouble(`the Node fetched into ${dirname(binary)} does not run on this machine`)
  })
}

async function runs(binary) {
  if (!existsSync(binary)) return false
  const { code, output } = await run(binary, ['--version'])
  return code === 0 && isRecent(output.trim())
}

export function isRecent(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > nodeMin.major || (major === nodeMin.major && minor >= nodeMin.minor)
}

/** `npm ci` when node_modules is absent or was made from another lock file. */
export async function ensureModules() {
  const sha256 = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  if (!modulesFit(sha256)) {
    mkdirSync(toolchainDir, { recursive: true })
    await holdLock(join(toolchainDir, 'lock'), async () => {
      if (!modulesFit(sha256)) await installModules()
      writeFileSync(modulesStamp, sha256)
    })
  }
  linkEmbeddedPostgres(modulesDir)
}

/** Our own stamp, else (somebody ran npm by hand) npm's note of what it installed, newer than the lock file. */
function modulesFit(sha256) {
  if (read(modulesStamp) === sha256) return true
  const note = join(modulesDir, '.package-lock.json')
  return existsSync(note) && statSync(note).mtimeMs >= statSync(lockFile).mtimeMs
}

async function installModules() {
  refuseLink()
  const why = existsSync(modulesDir) ? 'node_modules is older than package-lock.json' : 'first start'
  await step(`installing packages (${why}, npm ci)`, async () => {
    rmSync(modulesStamp, { force: true })
    // No package's install script is needed (embedded-links.mjs does what one of them would), so none runs.
    const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
    const { code, output } = await runNpm(args, root)
    if (code !== 0) throw new Trouble(`npm ci failed:\n${tail(withoutEngineWarnings(output), 20)}`)
  })
}

/** npm ci empties what it finds: through a link that would be another project's packages. */
function refuseLink() {
  if (!lstatSync(modulesDir, { throwIfNoEntry: false })?.isSymbolicLink()) return
  throw new Trouble(
    'node_modules is a link to packages made from another package-lock.json: remove the link, then try again',
  )
}

/** npm runs on the machine's Node and warns of every package that wants a newer one: beside the point here. */
function withoutEngineWarnings(output) {
  return output.replace(/^npm (warn|WARN) EBADENGINE.*\n?/gm, '')
}

/** The npm that started us, else the one on PATH. Stopped when we are: half an install is redone by the next start. */
function runNpm(args, cwd) {
  const cli = process.env.npm_execpath
  const own = cli && /npm-cli\.c?js$/.test(cli) && existsSync(cli)
  const options = { cwd, endsWithUs: true }
  return own ? run(process.execPath, [cli, ...args], options) : run('npm', args, options)
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
