import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isExecutable, run, tail, which } from '../command.mjs'
import { step, Trouble } from '../console.mjs'
import { holdLock } from '../lock.mjs'
import { toolchainDir } from '../paths.mjs'

const version = '8.19.21'
const group = 'org.elasticsearch.distribution.integ-test-zip'
/** Of the archive on Maven Central, noted when this version was chosen. */
const archiveSha256 = '215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a'
const javaMin = 17

/** A server on the machine, else the one unpacked below .toolchain, else fetched with Maven.
 *  @returns {Promise<string | undefined>} undefined when it could only be fetched and Maven or unzip is missing */
export async function elasticsearchHome() {
  const machine = ['/usr/share/elasticsearch', process.env.ES_HOME].find(isVersion8)
  if (machine) return machine
  const home = join(toolchainDir, `elasticsearch-${version}`)
  if (isExecutable(join(home, 'bin', 'elasticsearch'))) return home
  const [maven, unzip] = [which('mvn'), which('unzip')]
  if (!maven || !unzip) return undefined
  mkdirSync(toolchainDir, { recursive: true })
  await holdLock(join(toolchainDir, 'elasticsearch.lock'), async () => {
    if (!existsSync(home)) await unpack(unzip, await fetchArchive(maven), home)
  })
  return home
}

/** @returns {Promise<string | undefined>} a Java that this server runs on */
export async function findJavaHome() {
  const java = which('java')
  const homes = [process.env.ES_JAVA_HOME, process.env.JAVA_HOME, java && dirname(dirname(realpathSync(java)))]
  for (const home of [...homes, ...debianJavaHomes()]) if (home && (await javaVersion(home)) >= javaMin) return home
  return undefined
}

function debianJavaHomes() {
  const folder = '/usr/lib/jvm'
  return existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : []
}

async function javaVersion(home) {
  const { output } = await run(join(home, 'bin', 'java'), ['-version'])
  return Number(/version "(\d+)/.exec(output)?.[1] ?? 0)
}

function isVersion8(home) {
  if (!home || !isExecutable(join(home, 'bin', 'elasticsearch'))) return false
  const lib = join(home, 'lib')
  return existsSync(lib) && readdirSync(lib).some(file => /^elasticsearch-8\.\d+\.\d+\.jar$/.test(file))
}

async function fetchArchive(maven) {
  const repository = localRepository()
  const archive = join(repository, ...group.split('.'), 'elasticsearch', version, `elasticsearch-${version}.zip`)
  if (existsSync(archive) && (await sha256(archive)) === archiveSha256) return archive
  await step(`fetching Elasticsearch ${version} from Maven Central (107 MB)`, async () => {
    const artifact = `${group}:elasticsearch:${version}:zip`
    const options = [
      '-q',
      '-B',
      '-C',
      `-Dmaven.repo.local=${repository}`,
      '-Dtransitive=false',
      `-Dartifact=${artifact}`,
    ]
    const { code, output } = await run(maven, [...options, 'dependency:get'])
    if (code !== 0) throw new Trouble(`Maven could not fetch Elasticsearch:\n${tail(output)}`)
    if ((await sha256(archive)) === archiveSha256) return
    rmSync(archive)
    throw new Trouble(`the Elasticsearch archive is not the expected one (sha256 differs); deleted, please try again`)
  })
  return archive
}

/** Maven's own cache; an account without a home directory to write in gets one below .toolchain. */
function localRepository() {
  const usual = join(homedir(), '.m2', 'repository')
  try {
    mkdirSync(usual, { recursive: true })
    return usual
  } catch {
    return join(toolchainDir, 'm2')
  }
}

async function sha256(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Unpacked beside its place and moved there whole, so that an interrupted run leaves no half server behind. */
async function unpack(unzip, archive, home) {
  await step(`unpacking Elasticsearch ${version}`, async () => {
    const temporary = `${home}.${process.pid}`
    mkdirSync(temporary, { recursive: true })
    const { code, output } = await run(unzip, ['-q', '-o', archive, '-d', temporary])
    if (code !== 0) throw new Trouble(`Elasticsearch could not be unpacked:\n${tail(output)}`)
    renameSync(join(temporary, `elasticsearch-${version}`), home)
    rmSync(temporary, { recursive: true, force: true })
  })
}
