import { describe } from 'vitest'
import { codesOfTree, listProviderCodes } from '../../src/providers/codes.ts'
import { addProviderFolders } from '../../src/providers/outside.ts'
import { providerContract } from './provider.ts'

addProviderFolders(process.env.PROVIDERS_PATH, codesOfTree())
for (const code of listProviderCodes()) describe(`supplier ${code}`, () => providerContract(code))
