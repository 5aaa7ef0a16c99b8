import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
/** Where fetched tools live: Node 24, the unpacked search server. Ignored by git, safe to delete. */
export const toolchainDir = join(root, '.toolchain')
/** Where `npm run services -- up` writes down what it left running. */
export const servicesDir = join(root, '.services')
